import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Logging
import NIOCore
import People
import StaffWeb
import TestOffice
import Testing
import WebSupport

/// Somebody signed in, walking through the office's pages without a socket.
struct Walker: Sendable {
  let client: any TestClientProtocol
  let cookie: String
  let csrf: String

  func get(_ path: String) async throws -> TestResponse {
    try await client.executeRequest(uri: path, method: .get, headers: [.cookie: cookie], body: nil)
  }
  /// A form with the session's token and a fresh mark.
  @discardableResult
  func post(_ path: String, _ fields: KeyValuePairs<String, String>) async throws -> TestResponse {
    var body = "_csrf=\(csrf)&_once=\(UUID().uuidString)"
    for (name, value) in fields { body += "&\(SafeURL.encode(name))=\(SafeURL.encode(value))" }
    return try await client.executeRequest(
      uri: path, method: .post, headers: [.cookie: cookie, .contentType: "application/x-www-form-urlencoded"],
      body: ByteBuffer(string: body))
  }
  @discardableResult
  func upload(_ path: String, _ fields: KeyValuePairs<String, String>, photos: [Data]) async throws -> TestResponse {
    let edge = "edge-\(UUID().uuidString)"
    var body = ByteBuffer()
    func part(_ head: String, _ bytes: Data) {
      body.writeString("--\(edge)\r\nContent-Disposition: form-data; \(head)\r\n\r\n")
      body.writeBytes(bytes)
      body.writeString("\r\n")
    }
    part("name=\"_csrf\"", Data(csrf.utf8))
    for (name, value) in fields { part("name=\"\(name)\"", Data(value.utf8)) }
    for photo in photos { part("name=\"photos\"; filename=\"p.png\"\r\nContent-Type: image/png", photo) }
    body.writeString("--\(edge)--\r\n")
    return try await client.executeRequest(
      uri: path, method: .post, headers: [.cookie: cookie, .contentType: "multipart/form-data; boundary=\(edge)"], body: body)
  }
}

extension TestOffice {
  /// - Parameter body: gets a way to sign somebody in.
  func walk(_ body: @escaping @Sendable (_ signIn: @escaping @Sendable (String) async throws -> Walker) async throws -> Void) async throws {
    var book = RouteBook()
    StaffRoutes.register(&book, matters: matters, cases: cases)
    CaseRoutes.register(&book, cases: cases, matters: matters)
    let site = Site(house: house, publicURL: "http://longtang.test", limits: .off, places: StaffPlaces.places)
    var quiet = Logger(label: "test")
    quiet.logLevel = .critical
    let app = Application(responder: try book.router(site, logger: quiet).buildResponder(), logger: quiet)
    try await app.test(.router) { client in
      try await body { login in
        let session = try await signIn(login)
        return Walker(client: client, cookie: session.cookie, csrf: session.csrf)
      }
    }
  }
}

extension TestResponse {
  var text: String { String(buffer: body) }
}

/// A small red PNG, whole and valid.
let redPixel =
  Data(
    base64Encoded: "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==") ?? Data()
