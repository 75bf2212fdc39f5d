/// Numbers side by side whose place never changes. The search reads and writes them many million times for one plan, and an array of a
/// class pays for each with a look whether somebody else is at it; here only a debug build looks, and whether the place is one of them.
final class Cells<Value: BitwiseCopyable> {
  private let base: UnsafeMutablePointer<Value>
  let count: Int
  private let nothing: Value
  init(count: Int, _ nothing: Value) {
    (self.count, self.nothing) = (count, nothing)
    base = .allocate(capacity: max(1, count))
    base.initialize(repeating: nothing, count: max(1, count))
  }
  deinit { base.deallocate() }

  subscript(place: Int) -> Value {
    @inline(__always) get {
      assert(place >= 0 && place < count)
      return base[place]
    }
    @inline(__always) set {
      assert(place >= 0 && place < count)
      base[place] = newValue
    }
  }
  var values: [Value] { Array(UnsafeBufferPointer(start: base, count: count)) }
  func take(_ values: [Value]) {
    precondition(values.count == count)
    for (place, value) in values.enumerated() { base[place] = value }
  }
  func clear() { base.update(repeating: nothing, count: count) }
}
extension Cells<Int> {
  convenience init(count: Int) { self.init(count: count, 0) }
  convenience init(_ values: [Int]) {
    self.init(count: values.count)
    take(values)
  }
}
