import CZlib
import Foundation
import Sheets

/// A workbook that was made to do harm: whole and small on the wire, two hundred megabytes of blanks when it is opened.
enum Bomb {
  static let megabytes = 200

  /// - Parameter claimed: the size that the directory tells of the sheet; nil for the true one.
  static func make(claimed: UInt32? = nil) -> Data {
    let small = [UInt8](Table(header: ["甲"], cells: [["乙"]]).xlsx(title: "表"))
    func u16(_ at: Int) -> Int { Int(small[at]) | Int(small[at + 1]) << 8 }
    func u32(_ at: Int) -> Int { u16(at) | u16(at + 2) << 16 }
    func le(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> ($0 * 8) & 0xFF) } }
    let end = small.count - 22
    var at = u32(end + 16)
    var out: [UInt8] = []
    var directory: [UInt8] = []
    for _ in 0..<u16(end + 10) {
      let name = Array(small[(at + 46)..<(at + 46 + u16(at + 28))])
      var method = u16(at + 10)
      var size = u32(at + 24)
      let header = u32(at + 42)
      let start = header + 30 + u16(header + 26) + u16(header + 28)
      var data = Array(small[start..<(start + u32(at + 20))])
      if String(decoding: name, as: UTF8.self).hasSuffix("sheet1.xml") {
        method = 8
        data = packed
        size = claimed.map(Int.init) ?? megabytes << 20
      }
      let facts = le(method, 2) + le(0, 4) + le(u32(at + 16), 4) + le(data.count, 4) + le(size, 4) + le(name.count, 2) + le(0, 2)
      directory += le(0x0201_4B50, 4) + le(20, 2) + le(20, 2) + le(0, 2) + facts + le(0, 2) + le(0, 2) + le(0, 2) + le(0, 4)
      directory += le(out.count, 4) + name
      out += le(0x0403_4B50, 4) + le(20, 2) + le(0, 2) + facts + name + data
      at += 46 + name.count + u16(at + 30) + u16(at + 32)
    }
    let count = u16(end + 10)
    let tail = le(0x0605_4B50, 4) + le(0, 4) + le(count, 2) + le(count, 2) + le(directory.count, 4) + le(out.count, 4) + le(0, 2)
    return Data(out + directory + tail)
  }

  /// One honest cell and then blanks between parts that nobody asked for, as raw deflate.
  private static let packed: [UInt8] = {
    var stream = z_stream()
    guard deflateInit2_(&stream, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return [] }
    defer { deflateEnd(&stream) }
    var out: [UInt8] = []
    var space = [UInt8](repeating: 0, count: 1 << 20)
    func put(_ bytes: [UInt8], _ flush: Int32) {
      var bytes = bytes
      bytes.withUnsafeMutableBufferPointer { input in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        repeat {
          let made = space.withUnsafeMutableBufferPointer { output in
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(output.count)
            deflate(&stream, flush)
            return output.count - Int(stream.avail_out)
          }
          out += space[..<made]
        } while stream.avail_out == 0
      }
    }
    let head =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?><worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>甲</t></is></c></row>"
    put(Array(head.utf8), Z_NO_FLUSH)
    let blanks = [[UInt8]](repeating: Array("<q>".utf8) + [UInt8](repeating: 0x20, count: 1017) + Array("</q>".utf8), count: 1024).flatMap(
      \.self)
    for _ in 0..<megabytes { put(blanks, Z_NO_FLUSH) }
    put(Array("</sheetData></worksheet>".utf8), Z_FINISH)
    return out
  }()
}
