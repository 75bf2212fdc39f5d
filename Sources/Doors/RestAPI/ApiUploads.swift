import Cases
import Foundation
import HTTPTypes
import Kernel
import People
import WebSupport

/// Big files in parts, as the pages' script sends them.
///
///     POST …/uploads {"name": "执法仪.mp4", "size": 1234567}   → 201 {"id": "…", "received": 0, "part": 8388608, …}
///     PUT  …/uploads/{id}?offset=0                            → the next part's bytes, at most 8 MB
///     GET  …/uploads/{id}                                     → where to go on
///     POST …/exhibits {"upload": "…", "title": "…", …}        → 201, the exhibit
struct NewUploadBody: Decodable, Sendable {
  var name: String
  var size: Int
  var sha256: String?
  static let schema = ApiSchema.body([
    .init("name", .text(1...200, "文件名，只用于显示")), .init("size", .count(1...ExhibitUpload.mostBytes, "字节")),
    .init("sha256", .formed(.pattern("^[0-9a-fA-F]{64}$"), "传完后应有的哈希；不一致时不保存"), required: false),
  ])
}
enum UploadSchemas {
  static let one = ApiSchema.object([
    .init("id", .string()), .init("name", .string()), .init("size", .integer("字节")), .init("received", .integer("已落盘的字节，从这里接着传")),
    .init("part", .integer("一段最多的字节")), .init("whole", .boolean("已传完，可以登记为证据")),
    .init("sha256", .string("传完后的哈希"), required: false),
  ])
  static let list = ApiSchema.object([.init("uploads", .array(.ref("Upload")))])
}

extension RestRoutes {
  private func uploadID(_ visit: Visit) throws -> ExhibitUpload.ID { try visit.pathID("id", ExhibitUpload.self) }

  var uploadEndpoints: [ApiEndpoint] {
    let tag = "证据分段上传"
    return [
      ApiEndpoint(.get, "/cases/{no}/uploads", .workCases, tag, "本人没有传完或者没有登记的文件", answer: .ref("UploadList")) { visit in
        let uploads = try await cases.uploads(of: try visit.path("no"), for: try visit.person)
        return try Answer.json(["uploads": uploads.map(\.state)])
      },
      ApiEndpoint(
        .post, "/cases/{no}/uploads", .workCases, tag, "开始上传一个大文件（4 GB 以内），保留 7 天", body: "NewUpload", status: 201,
        answer: .ref("Upload"), idempotent: true
      ) { visit in
        let (no, person) = (try visit.path("no"), try visit.person)
        _ = try await cases.record(no, for: person)
        let body: NewUploadBody = try visit.decode()
        return try Answer.json(
          try await cases.beginUpload(body.name, size: body.size, sha256: body.sha256, to: no, by: person).state, .created)
      },
      ApiEndpoint(.get, "/cases/{no}/uploads/{id}", .workCases, tag, "传到哪里了", answer: .ref("Upload")) { visit in
        try Answer.json(try await cases.upload(try uploadID(visit), of: try visit.path("no"), for: try visit.person).state)
      },
      ApiEndpoint(
        .put, "/cases/{no}/uploads/{id}", .workCases, tag, "接着传一段，8 MB 以内；落盘后才答复",
        query: [.init(name: "offset", schema: .count(0...ExhibitUpload.mostBytes, "从第几字节开始，须等于 received"), required: true)], body: .bytes,
        answer: .ref("Upload")
      ) { visit in
        let (id, no, person) = (try uploadID(visit), try visit.path("no"), try visit.person)
        return try Answer.json(
          try await cases.take(part: visit.body, at: try visit.query.int("offset"), of: id, in: no, by: person).state)
      },
      ApiEndpoint(.delete, "/cases/{no}/uploads/{id}", .workCases, tag, "放弃一个上传", status: 204, answer: .nothing) { visit in
        try await cases.dropUpload(try uploadID(visit), of: try visit.path("no"), by: try visit.person)
        return Answer.noContent
      },
    ]
  }
}
