#pragma once
#include <spawn.h>
// In glibc since 2.34; its header shows it only to who asks for all extensions before the first header is read.
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
