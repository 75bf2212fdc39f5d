import Foundation
import HTTPTypes
import HummingbirdTesting
import Kernel
import NIOCore
import Testing
import WebSupport

@Suite struct FormTests {
  /// The body of a form with files, as a browser writes it.
  static func multipart(_ fields: [(String, String)], files: [(name: String, bytes: Int)]) -> String {
    var body = fields.map { "--XX\r\nContent-Disposition: form-data; name=\"\($0.0)\"\r\n\r\n\($0.1)\r\n" }.joined()
    for file in files {
      body += "--XX\r\nContent-Disposition: form-data; name=\"photos\"; filename=\"\(file.name)\"\r\nContent-Type: image/jpeg\r\n\r\n"
      body += String(repeating: "-", count: file.bytes) + "\r\n"
    }
    return body + "--XX--\r\n"
  }
  static let type = "multipart/form-data; boundary=XX"
  static let limits = BodyLimits(total: 60_000, file: 20_000, files: 2, field: 500, fields: 5)

  private func send(_ make: @escaping @Sendable (_ csrf: String) -> String, type: String = FormTests.type) async throws -> (
    status: Int, text: String
  ) {
    let step = try await Doorstep.make { book in
      book.post("/small", allow: .public, limits: Self.limits) { visit in
        Answer.text(visit.form.text("words") + "|" + visit.files("photos").map { "\($0.name):\($0.bytes.count)" }.joined(separator: ","))
      }
    }
    let result = Box()
    try await step.walk { client in
      let form = try await client.publicForm()
      let answer = try await client.post("/small", make(form.csrf), [.cookie: form.cookie, .contentType: type])
      await result.set(Int(answer.status.code), answer.text)
    }
    return await result.value
  }
  actor Box {
    var value = (status: 0, text: "")
    func set(_ status: Int, _ text: String) { value = (status, text) }
  }

  @Test func fieldsAndFilesArrive() async throws {
    let answer = try await send {
      Self.multipart([("_csrf", $0), ("words", " 楼道\r\n堆物　")], files: [("楼道.jpg", 12_345), ("C:\\a\\b.jpg", 0)])
    }
    #expect(answer == (200, "楼道\n堆物|楼道.jpg:12345,b.jpg:0"))
  }
  @Test func aFileFieldLeftAloneIsNoFile() async throws {
    #expect(try await send { Self.multipart([("_csrf", $0), ("words", "a")], files: [("", 0)]) } == (200, "a|"))
  }
  @Test func everyLimitRefusesWithASentence() async throws {
    let tooBig = try await send { Self.multipart([("_csrf", $0)], files: [("a.jpg", 20_001)]) }
    #expect(tooBig.status == 413)
    let tooMany = try await send { Self.multipart([("_csrf", $0)], files: [("a.jpg", 1), ("b.jpg", 1), ("c.jpg", 1)]) }
    #expect(tooMany.status == 413)
    #expect(tooMany.text.contains("一次最多上传 2 个文件"))
    let tooLong = try await send { Self.multipart([("_csrf", $0), ("words", String(repeating: "a", count: 501))], files: []) }
    #expect(tooLong.status == 413)
    let total = try await send { Self.multipart([("_csrf", $0)], files: [("a.jpg", 19_000)]) + String(repeating: " ", count: 60_000) }
    #expect(total.status == 413)
    let fields = try await send { csrf in Self.multipart([("_csrf", csrf)] + (0..<6).map { ("f\($0)", "x") }, files: []) }
    #expect(fields.status == 413)
  }
  @Test(arguments: [
    "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb", "nonsense", "--XX\r\n\r\n\r\nx\r\n--XX--", "--XXY\r\n",
    "--XX\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nb\r\n--XX--\r\n",
  ])
  func aBrokenFormIsRefused(body: String) async throws {
    #expect(try await send { _ in body }.status == 422)
  }

  @Test func textIsCleanedOnTheWayIn() throws {
    let fields = Fields([("a", " \u{202E}甲\u{0}乙\r\n丙\r丁 "), ("b", "　"), ("c", "7"), ("d", "2026-09-24T08:05"), ("e", "x")])
    #expect(fields["a"] == "甲乙\n丙\n丁")
    #expect(fields["b"] == nil)
    #expect(try fields.int("c") == 7)
    #expect(try fields.moment("d")?.text == "2026-09-24 08:05")
    #expect(throws: Refusal.self) { try fields.int("e") }
    #expect(throws: Refusal.self) { try fields.day("e") }
  }

  @Test(
    arguments: [
      ("//evil.example", nil), ("/\\evil.example", nil), ("https://evil.example", nil), ("javascript:alert(1)", nil),
      ("/a\r\nSet-Cookie:x", nil),
      ("", nil), ("matters", nil), ("/matters?state=open", "/matters?state=open"), ("/小区", "/%E5%B0%8F%E5%8C%BA"),
      ("/\t/evil.example", nil),
    ] as [(String, String?)])
  func onlyPathsOfThisSiteAreFollowed(path: String, followed: String?) {
    #expect(LocalPath.safe(path) == followed)
  }

  @Test func addressesAndNetworks() throws {
    let office = try #require(AddressRange("10.1.0.0/16"))
    #expect(office.contains("10.1.255.3"))
    #expect(!office.contains("10.2.0.1"))
    #expect(office.contains("::ffff:10.1.2.3"))
    #expect(try #require(AddressRange("fd00::/8")).contains("fd12::1"))
    for wrong in ["10.1.0.0/33", "10.1", "example.org", "10.0.0.1/x", ""] { #expect(AddressRange(wrong) == nil) }
  }
}
