"""Sets papers: one request in, one PDF out, as often as asked. Started and ended by the program, see docs/adr/0013-typesetting.md.

    typesetter.py ROOT FONTS...

Requests come on standard input: four bytes, big-endian, then that many bytes of JSON {"at": seconds, "data": "…"}. `data` is text and stays
text: the layouts read it with json(), so that no word of a case is ever taken for markup. A document with pictures names the folder `root` that
has them beside a copy of the layouts, and under `counted` the PDFs in it; how many pages of each can be drawn the layouts read from
sys.inputs.pages. Answers go to standard output: one byte, 0 for a
PDF and 1 for a sentence that says what is wrong, four bytes of length, the bytes. The first answer, unasked, names version and typefaces.
"""

import json
import os
import resource
import struct
import sys

LARGEST_REQUEST = 64 * 1024 * 1024
# Of one exhibit: what is longer is a volume of its own.
MOST_PAGES = 120


def main() -> None:
    root, fonts = sys.argv[1], sys.argv[2:]
    # Whatever prints does not print between two answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    # Writes no file, leaves no core with somebody's name in it, and ends rather than take the machine's memory.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))

    def answer(kind: int, body: bytes) -> None:
        answers.write(struct.pack(">BI", kind, len(body)))
        answers.write(body)
        answers.flush()

    def read(count: int) -> bytes:
        data = sys.stdin.buffer.read(count)
        # The program has gone, or closed its end: so do we.
        if len(data) < count:
            sys.exit(0)
        return data

    try:
        import typst
    except ImportError as error:
        answer(1, f"typst cannot be loaded: {error}".encode())
        return
    faces = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=fonts)

    def compiler_of(folder: str, layout: str = "main.typ") -> "typst.Compiler":
        return typst.Compiler(
            os.path.join(folder, layout), root=folder, font_paths=faces, ignore_system_fonts=True, package_path=os.devnull,
            package_cache_path=os.devnull)

    def pages_of(folder: str, path: str) -> int:
        """How many pages can be drawn; 0 when none can, or more than a file is bound with."""
        compiler = compiler_of(folder, "page.typ")

        def is_drawn(page: int) -> bool:
            try:
                compiler.compile(format="pdf", sys_inputs={"file": path, "page": str(page)})
                return True
            except typst.TypstError:
                return False

        if not is_drawn(1) or is_drawn(MOST_PAGES + 1):
            return 0
        there, beyond = 1, MOST_PAGES + 1
        while beyond - there > 1:
            middle = (there + beyond) // 2
            there, beyond = (middle, beyond) if is_drawn(middle) else (there, middle)
        return there

    compiler = compiler_of(root)
    answer(0, json.dumps({"families": sorted(set(faces.families()))}).encode())

    while True:
        (length,) = struct.unpack(">I", read(4))
        if length > LARGEST_REQUEST:
            answer(1, b"the request is too large")
            return
        try:
            request = json.loads(read(length))
            inputs, setter = {"data": request["data"]}, compiler
            if folder := request.get("root"):
                setter = compiler_of(folder)
                inputs["pages"] = json.dumps({path: pages_of(folder, path) for path in request.get("counted", [])})
            pdf = setter.compile(format="pdf", sys_inputs=inputs, timestamp=int(request["at"]))
        except typst.TypstError as error:
            answer(1, f"{error.message} {' '.join(error.trace)}".encode())
        except (KeyError, ValueError, TypeError) as error:
            answer(1, f"not a request: {type(error).__name__}".encode())
        else:
            answer(0, bytes(pdf))


main()
