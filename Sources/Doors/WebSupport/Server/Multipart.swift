import Foundation
import Kernel

/// Reads `multipart/form-data` (RFC 7578) as it arrives, holding it to its limits at every step.
struct MultipartReader {
  private enum State {
    case preamble, headers, content, finished
  }
  private struct Part {
    var name = ""
    var fileName: String?
    var type = "application/octet-stream"
    var isFile: Bool { fileName != nil }
  }
  private let limits: BodyLimits
  private let delimiter: [UInt8]
  private var state = State.preamble
  /// A line end before the first delimiter, so that it looks like every other.
  private var buffer: [UInt8] = [13, 10]
  private var part = Part()
  private var content: [UInt8] = []
  private(set) var fields: [(String, String)] = []
  private(set) var files: [UploadedFile] = []

  /// - Parameter boundary: of the content type, without the dashes.
  init(boundary: String, limits: BodyLimits) {
    self.limits = limits
    delimiter = Array("\r\n--\(boundary)".utf8)
  }

  /// The boundary of a content type; nil when it is no multipart form.
  static func boundary(of contentType: String) -> String? {
    let parts = contentType.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
    guard parts.first?.lowercased() == "multipart/form-data" else { return nil }
    for part in parts.dropFirst() where part.lowercased().hasPrefix("boundary=") {
      let value = part.dropFirst(9).trimmingCharacters(in: CharacterSet(charactersIn: "\""))
      return (1...70).contains(value.utf8.count) && value.utf8.allSatisfy { (33...126).contains($0) || $0 == 32 } ? value : nil
    }
    return nil
  }

  mutating func feed(_ bytes: some Sequence<UInt8>) throws(Refusal) {
    buffer.append(contentsOf: bytes)
    while try step() {}
  }
  func finish() throws(Refusal) -> (fields: Fields, files: [UploadedFile]) {
    guard state == .finished else { throw Self.broken }
    return (Fields(fields), files)
  }

  /// - Returns: whether another step may be possible with what is there.
  private mutating func step() throws(Refusal) -> Bool {
    switch state {
    case .finished:
      buffer.removeAll()
      return false
    case .preamble, .content:
      guard let at = find(delimiter) else {
        // Keep back as many bytes as a delimiter that is only half here could have.
        let safe = buffer.count - delimiter.count + 1
        if safe > 0 {
          try take(safe)
          buffer.removeFirst(safe)
        }
        return false
      }
      let after = at + delimiter.count
      guard buffer.count >= after + 2 else { return false }
      try take(at)
      if state == .content { try close() }
      if buffer[after] == 45, buffer[after + 1] == 45 {
        state = .finished
      } else {
        guard buffer[after] == 13, buffer[after + 1] == 10 else { throw Self.broken }
        state = .headers
      }
      // The line end stays, so that a part without any header ends where its headers would.
      buffer.removeFirst(after)
      return true
    case .headers:
      guard let end = find([13, 10, 13, 10]) else {
        if buffer.count > 8192 { throw Self.broken }
        return false
      }
      try open(Array(buffer[..<end]))
      buffer.removeFirst(end + 4)
      state = .content
      return true
    }
  }

  private mutating func take(_ count: Int) throws(Refusal) {
    guard state == .content, count > 0 else { return }
    let most = part.isFile ? limits.file : limits.field
    if content.count + count > most { throw part.isFile ? Self.fileTooBig(limits.file) : Self.fieldTooLong }
    content.append(contentsOf: buffer[..<count])
  }

  private mutating func open(_ headers: [UInt8]) throws(Refusal) {
    part = Part()
    content = []
    guard let text = String(validating: headers, as: UTF8.self) else { throw Self.broken }
    for line in text.split(separator: "\r\n") {
      let halves = line.split(separator: ":", maxSplits: 1)
      guard halves.count == 2 else { throw Self.broken }
      let value = halves[1].trimmingCharacters(in: .whitespaces)
      switch halves[0].lowercased() {
      case "content-disposition":
        guard value.lowercased().hasPrefix("form-data"), let name = Self.parameter("name", of: value) else { throw Self.broken }
        part.name = name
        part.fileName = Self.parameter("filename", of: value)
      case "content-type": part.type = String(value.prefix(100)).lowercased()
      default: continue
      }
    }
    guard !part.name.isEmpty, part.name.utf8.count <= 200 else { throw Self.broken }
  }

  private mutating func close() throws(Refusal) {
    if let fileName = part.fileName {
      // A file field left alone comes as a file without name and bytes.
      if fileName.isEmpty, content.isEmpty { return }
      guard files.count < limits.files else { throw Self.tooManyFiles(limits.files) }
      let bare = fileName.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
      files.append(UploadedFile(field: part.name, name: Fields.clean(String(bare.prefix(200))), type: part.type, bytes: Data(content)))
    } else {
      guard fields.count < limits.fields else { throw Self.tooManyFields }
      guard let text = String(validating: content, as: UTF8.self) else {
        throw Refusal(.invalid, "form-encoding", "提交的内容编码有误，请刷新页面后再试。", field: part.name)
      }
      fields.append((part.name, text))
    }
    content = []
  }

  private func find(_ needle: [UInt8]) -> Int? {
    guard buffer.count >= needle.count, let first = needle.first else { return nil }
    return buffer.withUnsafeBufferPointer { hay in
      let last = hay.count - needle.count
      var at = 0
      while at <= last {
        guard let base = hay.baseAddress, let hit = memchr(base + at, Int32(first), last - at + 1) else { return nil }
        at = UnsafeRawPointer(hit) - UnsafeRawPointer(base)
        if memcmp(base + at, needle, needle.count) == 0 { return at }
        at += 1
      }
      return nil
    }
  }

  /// A quoted parameter of a header. Browsers write `"` inside a name as %22 and leave backslashes alone (WHATWG HTML 4.10.21.8).
  static func parameter(_ name: String, of header: String) -> String? {
    for mark in ["; \(name)=\"", ";\(name)=\""] {
      guard let start = header.firstRange(of: mark) else { continue }
      let rest = header[start.upperBound...]
      guard let end = rest.firstIndex(of: "\"") else { return nil }
      return String(rest[..<end]).replacing("%22", with: "\"").replacing("%0D%0A", with: " ")
    }
    return nil
  }

  static let broken = Refusal(.invalid, "form-broken", "提交的内容不完整，请检查网络后再试。")
  static let fieldTooLong = Refusal(.limit, "form-field-too-long", "填写的内容过长，请删减后再试。")
  static let tooManyFields = Refusal(.limit, "form-too-many-fields", "表单内容过多，请减少后再试。")
  static func fileTooBig(_ most: Int) -> Refusal {
    Refusal(.limit, "form-file-too-big", most == 0 ? "此处不接收文件。" : "单个文件请控制在 \(most >> 20) MB 以内。")
  }
  static func tooManyFiles(_ most: Int) -> Refusal {
    Refusal(.limit, "form-too-many-files", most == 0 ? "此处不接收文件。" : "一次最多上传 \(most) 个文件。")
  }
  static func tooBig(_ most: Int) -> Refusal {
    Refusal(.limit, "form-too-big", most >= 1 << 20 ? "一次提交的内容请控制在 \(most >> 20) MB 以内。" : "提交的内容过大。")
  }
}
