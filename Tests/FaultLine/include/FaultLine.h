#ifndef FAULTLINE_H
#define FAULTLINE_H

#include <stdint.h>

/// What goes wrong in a process that was started with this library before all others (`LD_PRELOAD`) and with the path of a file of this
/// layout in `FAULTLINE`. The tests write the file, the process has it mapped: what is written holds from the next call on.
struct faultline {
  /// What `fsync` and `fdatasync` fail with (`EIO`); 0 lets them be.
  int32_t sync_error;
  /// What writes and whatever makes a file longer fail with (`ENOSPC`); 0 lets them be.
  int32_t write_error;
  /// How far the clock on the wall is off.
  int64_t clock_milliseconds;
  /// How often a call was made to fail.
  int64_t failed;
  /// How often a folder was synced. Only counted, so that a test can see that it was.
  int64_t folders_synced;
  /// Only descriptors whose path contains one of these fail; empty ones stand for nothing.
  char paths[4][128];
};

#endif
