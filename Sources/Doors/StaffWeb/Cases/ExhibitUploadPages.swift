import Cases
import Foundation
import HTTPTypes
import Kernel
import People
import WebSupport

/// Big files in parts, for the page's script. Programs have the same below `/api/v1`.
///
///     POST …/uploads {"name": "执法仪.mp4", "size": 1234567}   → 201 {"id": "…", "received": 0, "part": 8388608, …}
///     PUT  …/uploads/{id}?offset=0                            → the next part's bytes, at most 8 MB
///     GET  …/uploads/{id}                                     → where to go on
struct ExhibitUploadPages: Sendable {
  let cases: Cases

  func routes(_ book: inout RouteBook) {
    let policy = Policy.signedIn(.workCases)
    book.post("/cases/{no}/uploads", allow: policy, limits: .small) { visit in try await begin(visit) }
    book.get("/cases/{no}/uploads/{id}", allow: policy) { visit in try await tell(visit) }
    book.put("/cases/{no}/uploads/{id}", allow: policy, limits: .part) { visit in try await take(visit) }
    book.delete("/cases/{no}/uploads/{id}", allow: policy, limits: .small) { visit in try await drop(visit) }
  }

  struct Wanted: Decodable {
    let name: String
    let size: Int
    let sha256: String?
  }
  private func id(_ visit: Visit) throws -> ExhibitUpload.ID { try visit.pathID("id", ExhibitUpload.self) }

  func begin(_ visit: Visit) async throws -> Answer {
    // Whose case it is not is told nothing of what a body should hold.
    _ = try await cases.uploads(of: try visit.path("no"), for: try visit.person)
    let wanted: Wanted = try visit.decode()
    let upload = try await cases.beginUpload(
      wanted.name, size: wanted.size, sha256: wanted.sha256, to: try visit.path("no"), by: try visit.person)
    return try Answer.json(upload.state, .created)
  }
  func tell(_ visit: Visit) async throws -> Answer {
    try Answer.json(try await cases.upload(try id(visit), of: try visit.path("no"), for: try visit.person).state)
  }
  func take(_ visit: Visit) async throws -> Answer {
    try Answer.json(
      try await cases.take(
        part: visit.body, at: try visit.query.int("offset"), of: try id(visit), in: try visit.path("no"), by: try visit.person
      ).state)
  }
  func drop(_ visit: Visit) async throws -> Answer {
    try await cases.dropUpload(try id(visit), of: try visit.path("no"), by: try visit.person)
    return .noContent
  }
}
