import Foundation
import HTTPTypes
import Kernel
import Logging
import Storage

/// The memory of forms already carried out that all servers on one store share: the same form sent to two of them takes effect once.
struct OnceAcross: Sendable {
  let house: House
  let logger: Logger

  enum Begun: Sendable {
    /// To be carried out here; the word goes back to `finish`.
    case mine(String)
    case earlier(Answer)
  }
  /// Milliseconds between two looks at a form that another server is carrying out.
  static let look = 50
  /// Looks before the second copy is told to come back.
  static let mostLooks = 600

  /// - Throws: `Refusal` `door-under-way` when the first copy has not been answered after half a minute.
  func begin(_ key: String, at now: Moment) async throws -> Begun {
    let (name, holder) = (Secrets.hash(of: key), Secrets.token())
    for _ in 0..<Self.mostLooks {
      switch try await house.store.writeBeside({ db in try OnceBook.claim(name, holder: holder, at: now, db) }) {
      case .mine: return .mine(holder)
      case .done(let sealed): return .earlier(try JSONDecoder().decode(Kept.self, from: Data(open(sealed, name).utf8)).answer)
      case .underWay: try await Task.sleep(for: .milliseconds(Self.look))
      }
    }
    throw Refusal(.unavailable, "door-under-way", "同一份内容正在另一台服务器上办理，请稍后刷新页面看结果，不要重复提交。")
  }

  /// What came of it. The effect has taken place, so a store that fails here must not spoil the answer: the next copy then waits until
  /// the claim has lapsed.
  func finish(_ key: String, _ holder: String, _ answer: Answer?, _ visit: Visit) async {
    let name = Secrets.hash(of: key)
    do {
      guard let answer, let kept = Kept(answer) else {
        return try await house.store.writeBeside { db in try OnceBook.forget(name, holder: holder, db) }
      }
      let sealed = try house.seals.seal(
        String(decoding: try JSONEncoder().encode(kept), as: UTF8.self), for: Self.subject(name), at: visit.now)
      let now = visit.now
      try await house.store.writeBeside { db in try OnceBook.finish(name, holder: holder, answer: sealed, at: now, db) }
    } catch {
      logger.warning("a form's answer could not be shared", metadata: ["error": "\(error)"])
    }
  }

  private func open(_ sealed: String, _ name: String) throws -> String { try house.seals.open(sealed, for: Self.subject(name)) }
  private static func subject(_ name: String) -> Subject { Subject("once", Int64(name.prefix(15), radix: 16) ?? 0) }

  /// An answer as a row.
  private struct Kept: Codable {
    struct Field: Codable {
      let name: String
      let value: String
    }
    let status: Int
    let fields: [Field]
    let body: Data?

    /// Nil for an answer that is written piece by piece: it is made anew.
    init?(_ answer: Answer) {
      switch answer.body {
      case .none: body = nil
      case .bytes(let bytes): body = Data(bytes)
      case .stream: return nil
      }
      status = answer.status.code
      fields = answer.headers.map { Field(name: $0.name.rawName, value: $0.value) }
    }
    var answer: Answer {
      var headers = HTTPFields()
      for field in fields { if let name = HTTPField.Name(field.name) { headers.append(HTTPField(name: name, value: field.value)) } }
      return Answer(.init(code: status), headers: headers, body: body.map { .bytes(Array($0)) } ?? .none)
    }
  }
}
