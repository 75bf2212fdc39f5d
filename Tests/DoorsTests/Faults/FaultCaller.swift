import Foundation
import Kernel
import WebSupport

/// Somebody at a browser: gets pages, fills in the forms that are on them, and knows nothing else of the program.
struct FaultCaller: Sendable {
  /// Nil for a resident.
  let somebody: WholeHouse.Somebody?
  /// Seconds to wait for an answer.
  var patience = 40

  func get(_ port: Int, _ path: String) async throws -> SmallClient.Reply? {
    try await SmallClient.ask(port, "GET", path, somebody.map { ["Cookie": $0.cookie] } ?? [:], patience: patience)
  }

  /// A form that was got and may be sent, once or more often.
  struct Filled: Sendable {
    let path: String
    let head: [String: String]
    let body: Data
  }

  /// - Parameter once: the mark of the page the form was on; the same for a second try.
  func fill(_ path: String, _ fields: [(String, String)], photos: [Data] = [], once: String) -> Filled {
    fill(path, fields, photos: photos, once: once, csrf: somebody?.csrf ?? "", cookie: somebody?.cookie ?? "")
  }
  /// The form of a public page, which goes with the cookie it came with.
  func fill(publicly path: String, at port: Int, _ fields: [(String, String)], photos: [Data] = []) async throws -> (Filled, once: String)?
  {
    guard let page = try await get(port, path), page.status == 200, let form = ShownForm.all(in: page.text).first else { return nil }
    func value(_ name: String) -> String { form.fields.first { $0.name == name }?.values.first ?? "" }
    let line = page.head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("set-cookie: longtang-form=") }
    let cookie = line.map { String($0.dropFirst("set-cookie: ".count).prefix { $0 != ";" }) } ?? ""
    let once = value(FormTokens.onceField)
    return (fill(form.action, fields, photos: photos, once: once, csrf: value(FormTokens.csrfField), cookie: cookie), once)
  }
  private func fill(_ path: String, _ fields: [(String, String)], photos: [Data], once: String, csrf: String, cookie: String) -> Filled {
    let all = [(FormTokens.csrfField, csrf), (FormTokens.onceField, once)] + fields
    if photos.isEmpty {
      let body = all.map { "\(ShownForm.encoded($0.0))=\(ShownForm.encoded($0.1))" }.joined(separator: "&")
      return Filled(path: path, head: ["Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"], body: Data(body.utf8))
    }
    let edge = "edge-of-the-fault-load"
    var body = Data()
    for (name, value) in all {
      body += Data("--\(edge)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8)
    }
    for photo in photos {
      let head = "Content-Disposition: form-data; name=\"photos\"; filename=\"p.jpg\"\r\nContent-Type: image/jpeg"
      body += Data("--\(edge)\r\n\(head)\r\n\r\n".utf8) + photo + Data("\r\n".utf8)
    }
    body += Data("--\(edge)--\r\n".utf8)
    return Filled(path: path, head: ["Cookie": cookie, "Content-Type": "multipart/form-data; boundary=\(edge)"], body: body)
  }
  func send(_ form: Filled, to port: Int) async throws -> SmallClient.Reply? {
    try await SmallClient.ask(port, "POST", form.path, form.head, body: form.body, patience: patience)
  }

  /// The version a matter's page shows.
  func version(of matter: String, at port: Int) async throws -> Int? {
    guard let page = try await get(port, "/matters/\(matter)"), page.status == 200 else { return nil }
    return page.text.firstMatch(of: /name="version" value="(\d+)"/).flatMap { Int($0.1) }
  }
}

extension SmallClient {
  /// Sends a request, or only so much of its body, and is gone.
  static func hangUp(_ port: Int, _ path: String, _ head: [String: String], body: Data, after bytes: Int) async throws {
    var lines = "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nContent-Length: \(body.count)\r\n"
    for (name, value) in head { lines += "\(name): \(value)\r\n" }
    let request = Data((lines + "\r\n").utf8) + body.prefix(bytes)
    let isGone: Bool = try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(
          with: Result {
            let fd = try socket()
            defer { close(fd) }
            var address = loopback(UInt16(port))
            let connected = withUnsafePointer(to: &address) {
              $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
            }
            guard connected == 0 else { return false }
            return request.withUnsafeBytes { Foundation.send(fd, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) } == request.count
          })
      }
    }
    guard isGone else { throw Refusal(.unavailable, "test", "nothing could be sent") }
  }
}

extension SmallClient.Reply {
  /// Where a redirect leads.
  var location: String? {
    head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("location: ") }.map { String($0.dropFirst(10)) }
  }
}
