/// As much of ISO/IEC 23008-12 as is needed to know the size of a HEIC picture and to find its EXIF.
enum HEICContainer {
  static func read(_ b: Bytes) -> PictureFrame? {
    var frame = PictureFrame(type: .heic, width: 0, height: 0)
    var exifItem: Int?
    var places: [Int: Range<Int>] = [:]
    var complete = true
    for box in boxes(b, 0..<b.count, complete: &complete) where box.name == "meta" {
      guard let inside = b.range(box.body.lowerBound + 4, box.body.count - 4) else { return nil }
      for part in boxes(b, inside, complete: &complete) {
        switch part.name {
        case "iinf": exifItem = exif(b, part.body)
        case "iloc": places = locations(b, part.body)
        case "iprp":
          for group in boxes(b, part.body, complete: &complete) where group.name == "ipco" {
            for property in boxes(b, group.body, complete: &complete) { take(property, b, &frame) }
          }
        default: break
        }
      }
    }
    guard complete else { return nil }
    // The item begins with the distance from its fourth byte to the TIFF structure.
    if let exifItem, let place = places[exifItem], place.count > 4, let skip = b.big32(place.lowerBound), skip < place.count - 4 {
      frame.exif = (place.lowerBound + 4 + skip)..<place.upperBound
    }
    return frame
  }

  private struct Box {
    let name: String
    let body: Range<Int>
  }

  /// `complete` turns false when a box reaches beyond its surroundings: the file was cut off.
  private static func boxes(_ b: Bytes, _ range: Range<Int>, complete: inout Bool) -> [Box] {
    var out: [Box] = []
    var at = range.lowerBound
    while at + 8 <= range.upperBound, out.count < 4096 {
      guard var size = b.big32(at) else { break }
      var head = 8
      if size == 1 {
        guard let large = b.big(at + 8, width: 8) else { break }
        size = large
        head = 16
      } else if size == 0 {
        size = range.upperBound - at
      }
      guard size >= head, size <= range.upperBound - at else {
        complete = false
        break
      }
      out.append(Box(name: String(decoding: b.all[(at + 4)..<(at + 8)], as: UTF8.self), body: (at + head)..<(at + size)))
      at += size
    }
    return out
  }

  private static func take(_ property: Box, _ b: Bytes, _ frame: inout PictureFrame) {
    let start = property.body.lowerBound
    if property.name == "ispe", let width = b.big32(start + 4), let height = b.big32(start + 8) {
      // Tiles and the thumbnail have sizes too; the picture's is the largest.
      if width.multipliedFullWidth(by: height) > frame.width.multipliedFullWidth(by: frame.height) {
        (frame.width, frame.height) = (width, height)
      }
    } else if property.name == "irot", let turns = b.u8(start) {
      frame.quarterTurns = turns & 3
    }
  }

  /// The number of the item of type "Exif".
  private static func exif(_ b: Bytes, _ body: Range<Int>) -> Int? {
    guard let version = b.u8(body.lowerBound) else { return nil }
    var ignored = true
    let from = body.lowerBound + (version == 0 ? 6 : 8)
    guard from <= body.upperBound else { return nil }
    for box in boxes(b, from..<body.upperBound, complete: &ignored) where box.name == "infe" {
      let start = box.body.lowerBound
      guard let version = b.u8(start), version >= 2 else { continue }
      let wide = version > 2
      if b.holds("Exif", at: start + (wide ? 10 : 8)) { return wide ? b.big32(start + 4) : b.big16(start + 4) }
    }
    return nil
  }

  /// Items of one extent, stored in the file itself.
  private static func locations(_ b: Bytes, _ body: Range<Int>) -> [Int: Range<Int>] {
    var out: [Int: Range<Int>] = [:]
    var at = body.lowerBound
    guard let version = b.u8(at), version <= 2, let sizes = b.big16(at + 4) else { return out }
    let (offsetWidth, lengthWidth, baseWidth, indexWidth) = (sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15, version > 0 ? sizes & 15 : 0)
    at += 6
    func number(_ width: Int) -> Int? {
      defer { at += width }
      return b.big(at, width: width)
    }
    guard let count = number(version < 2 ? 2 : 4) else { return out }
    for _ in 0..<min(count, 4096) {
      guard let id = number(version < 2 ? 2 : 4) else { return out }
      var method = 0
      if version > 0 {
        guard let field = number(2) else { return out }
        method = field & 15
      }
      guard number(2) != nil, let base = number(baseWidth), let extents = number(2), extents <= 256 else { return out }
      for extent in 0..<extents {
        guard number(indexWidth) != nil, let offset = number(offsetWidth), let length = number(lengthWidth) else { return out }
        let (start, overflow) = base.addingReportingOverflow(offset)
        if extent == 0, extents == 1, method == 0, !overflow, let range = b.range(start, length) { out[id] = range }
      }
    }
    return out
  }
}
