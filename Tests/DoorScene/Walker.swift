import Foundation
import HTTPTypes
import HummingbirdTesting
import Kernel
import NIOCore
import People
import Storage
import WebSupport

/// A browser of the tests: keeps cookies by hand, fills in forms, sends files.
public struct Walker: Sendable {
  public let client: any TestClientProtocol
  let house: House

  public struct Seen: Sendable {
    public let status: Int
    public let text: String
    public let bytes: Int
    public let location: String?
    public let headers: HTTPFields
  }
  public struct Session: Sendable {
    public let cookie: String
    public let csrf: String
  }

  public func get(_ path: String, _ session: Session? = nil) async throws -> Seen {
    var headers: HTTPFields = [:]
    if let session { headers[.cookie] = session.cookie }
    return seen(try await client.executeRequest(uri: path, method: .get, headers: headers, body: nil))
  }

  /// Opens the page of a form, so that the form can be sent.
  public func form(_ path: String, _ session: Session? = nil) async throws -> Session {
    var headers: HTTPFields = [:]
    if let session { headers[.cookie] = session.cookie }
    let answer = try await client.executeRequest(uri: path, method: .get, headers: headers, body: nil)
    let text = String(buffer: answer.body)
    let cookie = answer.headers[values: .setCookie].first { $0.hasPrefix("longtang-form=") }?.split(separator: ";").first.map(String.init)
    return Session(
      cookie: session?.cookie ?? cookie ?? "", csrf: text.firstMatch(of: /name="_csrf" value="([^"]+)"/).map { String($0.1) } ?? "")
  }

  /// - Parameter files: name and bytes, all in the field `photos`.
  public func post(
    _ path: String, _ fields: [(String, String)], files: [(String, Data)] = [], _ session: Session, once: String? = nil
  ) async throws -> Seen {
    var body = Data()
    for (name, value) in fields + [("_csrf", session.csrf)] + (once.map { [("_once", $0)] } ?? []) {
      body += Data("--XX\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8)
    }
    for (name, bytes) in files {
      body += Data("--XX\r\nContent-Disposition: form-data; name=\"photos\"; filename=\"\(name)\"\r\nContent-Type: image/jpeg\r\n\r\n".utf8)
      body += bytes + Data("\r\n".utf8)
    }
    body += Data("--XX--\r\n".utf8)
    return seen(
      try await client.executeRequest(
        uri: path, method: .post, headers: [.contentType: "multipart/form-data; boundary=XX", .cookie: session.cookie],
        body: ByteBuffer(bytes: Array(body))))
  }

  /// A session without its form.
  public func signIn(_ login: String) async throws -> Session {
    let (token, signedIn) = try await SignIn.signIn(login: login, password: DoorScene.password, address: "192.0.2.1", in: house)
    return Session(cookie: "longtang=\(token)", csrf: signedIn.csrf)
  }

  private func seen(_ answer: TestResponse) -> Seen {
    Seen(
      status: Int(answer.status.code), text: String(buffer: answer.body), bytes: answer.body.readableBytes,
      location: answer.headers[.location],
      headers: answer.headers)
  }
}
