/// How somebody without this program checks an export. Goes into every one.
enum EvidenceReadme {
  static let text = """
    案件证据的核验说明
    ==================

    本压缩包里有：
      originals/     证据原件，字节与提交时完全相同，没有任何改动
      manifest.json  证据清单：编号、种类、名称、证明对象、来源、制作人、形成时间、地点、查证情况、文件的哈希
      chains.json    每份证据的日志链：登记、查看、查证、遮盖、核验、导出，一条不漏
      SHA256SUMS     以上文件的 SHA-256
      verify.py      下面第二、三步的程序（Python 3，不需要安装别的东西），内容可以自己看、自己改写

    不用本系统也能核验：

    一、原件有没有改动。在解压的目录里执行：
          sha256sum -c SHA256SUMS
        每行都应显示 OK（或“成功”）。Windows 可用 certutil -hashfile 文件名 SHA256 逐个比对。

    二、原件是不是登记时的那一个。chains.json 中每份证据的第一条（exhibit-added）的 detail 里有登记时的
        sha256 和 size，应与清单和文件一致；其中的 words 是清单里 words 一项的 SHA-256。

    三、日志链有没有改动。每一条的 hash 应等于下列各项依次连接后的 SHA-256；每一项之前先放它的字节数
        （8 字节，高位在前）：
          before（上一条的 hash，第一条为 32 个零字节）、"exhibit"、证据的 id、sequence、at（毫秒）、
          actorId（没有则为空）、actorName、action、detail、noteHash（没有则为空）
        文字一律为 UTF-8，数字写成十进制文字；before 和 noteHash 是 32 个原始字节。
        有附言的：noteHash 等于 noteSalt（原始字节）接附言文字的 SHA-256。

          python3 verify.py

    不能由这个压缩包证明的：最后一条之后有没有别的记录。本系统每天把全部日志封存一次，可向办案单位索取核对。

    How to check this export without our program
    ============================================

    1. Originals:        sha256sum -c SHA256SUMS
    2. Registered bytes: the first entry of each chain (exhibit-added) holds the sha256 and size of the file as it was
       taken in, and in "words" the SHA-256 of the manifest's "words" text.
    3. Chains: each entry's "hash" is the SHA-256 of these fields, each preceded by its length in bytes as an 8-byte
       big-endian number: before (32 raw bytes; zeros for the first), "exhibit", subject id, sequence, at (milliseconds since
       1970-01-01 UTC), actorId (or nothing), actorName, action, detail, noteHash (32 raw bytes, or nothing). Text is UTF-8,
       numbers are decimal text. A note's noteHash is SHA-256(noteSalt + note). "before" equals the "hash" of the entry before.

       python3 verify.py      does 2 and 3 in about thirty lines.

    What it cannot show: whether anything was entered after the last entry. The office seals its whole journal every day.

    """

  static let script = """
    # Checks the chains and what they say of the files. Needs nothing but Python 3.
    import hashlib, json, sys

    def sha(data): return hashlib.sha256(data).hexdigest()
    def field(data): return len(data).to_bytes(8, "big") + data

    manifest = {e["number"]: e for e in json.load(open("manifest.json", encoding="utf-8"))["exhibits"]}
    faults = []
    for chain in json.load(open("chains.json", encoding="utf-8"))["chains"]:
        number, before, sequence = chain["number"], "00" * 32, 0
        for e in chain["entries"]:
            sequence += 1
            note_hash = bytes.fromhex(e.get("noteHash") or "")
            texts = [chain["subjectKind"], str(chain["subjectId"]), str(e["sequence"]), str(e["at"]),
                     str(e.get("actorId") or ""), e["actorName"], e["action"], e["detail"]]
            data = field(bytes.fromhex(e["before"])) + b"".join(field(t.encode()) for t in texts) + field(note_hash)
            if e["sequence"] != sequence or e["before"] != before or sha(data) != e["hash"]:
                faults.append(f"exhibit {number}: entry {sequence} of the chain is broken")
            if e.get("note") and sha(bytes.fromhex(e["noteSalt"]) + e["note"].encode()) != e["noteHash"]:
                faults.append(f"exhibit {number}: the note of entry {sequence} was changed")
            before = e["hash"]
        facts, entry = json.loads(chain["entries"][0]["detail"]), manifest[number]
        if sha(entry["words"].encode()) != facts["words"]:
            faults.append(f"exhibit {number}: what the manifest says is not what was entered")
        if "file" in entry:
            digest = hashlib.sha256()
            with open(entry["file"]["path"], "rb") as original:
                for piece in iter(lambda: original.read(1 << 20), b""):
                    digest.update(piece)
            if not digest.hexdigest() == entry["file"]["sha256"] == facts["sha256"]:
                faults.append(f"exhibit {number}: the file is not the one that was entered")
    print("\\n".join(faults) or f"OK: {len(manifest)} exhibits")
    sys.exit(1 if faults else 0)

    """
}
