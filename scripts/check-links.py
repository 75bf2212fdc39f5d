#!/usr/bin/env python3
"""Every relative link in a Markdown file leads to a file of this repository."""
import pathlib
import re
import subprocess
import sys

root = pathlib.Path(__file__).resolve().parent.parent
files = subprocess.run(["git", "ls-files", "*.md"], cwd=root, capture_output=True, text=True, check=True).stdout.split("\n")
broken = 0
for name in filter(None, files):
    path = root / name
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.S)
    for target in re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:|#", target):
            continue
        if not (path.parent / target.split("#")[0]).exists():
            print(f"{name}: {target} leads nowhere")
            broken += 1
sys.exit(1 if broken else 0)
