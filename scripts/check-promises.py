#!/usr/bin/env python3
"""Every test that docs/promises.md names is there: `Suite.test`, `Outer.Suite.test`, or a suite or helper alone."""
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent
sources = "\n".join(path.read_text(encoding="utf-8") for path in (root / "Tests").rglob("*.swift"))
page = (root / "docs/promises.md").read_text(encoding="utf-8")
rows = [line for line in page.split("\n") if line.startswith("| **")]
broken = 0
for row in rows:
    cell = row.rstrip(" |").split(" | ")[-1]
    names = re.findall(r"`([A-Za-z.]+)`", cell)
    if not names:
        print(f"nothing tries to break: {row[:80]}")
        broken += 1
    for name in names:
        types = [part for part in name.split(".") if part[0].isupper()]
        tests = [part for part in name.split(".") if part[0].islower()]
        gone = [t for t in types if not re.search(rf"\b(?:struct|enum|class|extension) {t}\b", sources)]
        # On the same line as the function or just above it: a helper of that name is no test.
        gone += [t for t in tests if not re.search(rf"@Test(?:\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))?\s+func {t}\(", sources)]
        if gone:
            print(f"docs/promises.md names {name}, but there is no {', '.join(gone)}")
            broken += 1
if not rows:
    print("docs/promises.md has no promises")
    broken += 1
sys.exit(1 if broken else 0)
