#!/usr/bin/env python3
"""Every relative link in a Markdown file leads to a file of this repository; the glossary is one table with each word once, in order."""
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
lines = (root / "docs/glossary.md").read_text(encoding="utf-8").split("\n")
rows = [number for number, line in enumerate(lines) if line.startswith("|")]
words = [lines[number].split("|")[1].strip().lower() for number in rows[2:]]
if rows != list(range(rows[0], rows[0] + len(rows))) or words[:1] == ["---"]:
    print("docs/glossary.md: a row stands outside the table")
    broken += 1
for before, after in zip(words, words[1:]):
    if before >= after:
        print(f"docs/glossary.md: {after} stands after {before}" if before > after else f"docs/glossary.md: {after} stands twice")
        broken += 1
sys.exit(1 if broken else 0)
