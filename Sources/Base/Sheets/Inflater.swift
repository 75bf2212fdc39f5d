import CZlib
import Foundation

/// Raw deflate (RFC 1951) undone in blocks, so that what a part inflates to never stands in memory as a whole.
struct Inflater: ~Copyable {
  // zlib keeps the address of its stream and refuses one that has moved.
  private let stream: UnsafeMutablePointer<z_stream>
  private let buffer: UnsafeMutableBufferPointer<UInt8>

  init() throws(SheetError) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    buffer = .allocate(capacity: 256 << 10)
    // On failure deinit does not run for a value that was never made, so release here.
    guard inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      stream.deallocate()
      buffer.deallocate()
      throw SheetError(.unsupported, "服务器暂时不能解压工作簿，请稍后再试")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    buffer.deallocate()
  }

  /// Hands out the inflated bytes block by block; `take` answers false to stop early.
  /// - Returns: true when the deflate stream came to its own end.
  func run(
    _ input: UnsafeRawBufferPointer, take: (UnsafeBufferPointer<UInt8>) throws(SheetError) -> Bool
  ) throws(SheetError) -> Bool {
    guard let base = input.baseAddress, let out = buffer.baseAddress, input.count <= Int(UInt32.max) else { return false }
    // zlib does not write to its input; its header only predates const.
    stream.pointee.next_in = UnsafeMutablePointer(mutating: base.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = UInt32(input.count)
    while true {
      stream.pointee.next_out = out
      stream.pointee.avail_out = UInt32(buffer.count)
      let status = inflate(stream, Z_NO_FLUSH)
      let made = buffer.count - Int(stream.pointee.avail_out)
      if made > 0, try !take(UnsafeBufferPointer(start: out, count: made)) { return true }
      if status == Z_STREAM_END { return true }
      // No progress is possible any more: damaged or cut off.
      if status != Z_OK || made == 0 { return false }
    }
  }
}
