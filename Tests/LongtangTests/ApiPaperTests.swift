import Cases
import Foundation
import HTTPTypes
import HummingbirdTesting
import Kernel
import NIOCore
import People
import Testing
import Typesetting

@testable import longtang

/// The papers of a case by `/api/v1`: the same refusals as on their pages.
@Suite struct ApiPaperTests {
  static func lead(_ call: ApiTests.Caller) async throws -> String {
    let opened = try await call(
      .post, "/cases", as: .officer,
      ["item": "facade-damage", "procedure": "ordinary", "foundOn": "2026-09-24", "place": "盈港东路8900弄12号"])
    return try #require(opened.json["no"] as? String)
  }
  static func text(_ name: String, _ text: String) -> [String: Any] { ["texts": [["name": name, "text": text]]] }

  @Test func aPaperFromDraftToCorrection() async throws {
    try await ApiTests.run { call, office in
      try await ApiCaseTests.certify(office)
      let no = try await Self.lead(call)
      let base = "/cases/\(no)/papers"
      // What a step drafts is not made by hand; what it does not, is.
      let early = try await call(.post, base, as: .officer, ["kind": "penalty-decision"])
      #expect(early.status == 409 && early.json["code"] as? String == "cases-paper-not-yet" && early.json["field"] as? String == "kind")
      #expect(try await call(.post, base, as: .officer, ["kind": "no-such"]).json["code"] as? String == "cases-paper-kind")
      let made = try await call(.post, base, as: .officer, ["kind": "service-address"], key: "paper-one")
      #expect(made.status == 201 && made.json["state"] as? String == "draft")
      let id = try #require(made.json["id"] as? String)
      #expect(try await call(.post, base, as: .officer, ["kind": "service-address"], key: "paper-one").json["id"] as? String == id)
      let path = "\(base)/\(id)"

      let empty = try await call(
        .post, "\(path)/issue", as: .officer, ["texts": [["name": "party", "text": "王镕喆"], ["name": "address", "text": ""]]], version: 1)
      #expect(empty.status == 422 && empty.json["code"] as? String == "cases-paper-field" && empty.json["article"] != nil)
      #expect(try await call(.patch, path, as: .officer, Self.text("adress", "x")).json["code"] as? String == "api-paper-field")
      #expect(try await call(.patch, path, as: .officer, [:]).json["code"] as? String == "json-missing-key")
      #expect(
        try await call(.patch, path, as: .officer, Self.text("address", String(repeating: "长", count: 20_001))).json["code"] as? String
          == "cases-paper-long")
      let edited = try await call(.patch, path, as: .officer, Self.text("address", "盈港东路8900弄12号301室"), version: 1)
      #expect(edited.status == 200 && (edited.json["paper"] as? [String: Any])?["version"] as? Int == 2)
      let stale = try await call(.patch, path, as: .officer, Self.text("address", "别处"), version: 1)
      #expect(stale.status == 409 && stale.json["code"] as? String == "cases-paper-changed")
      // A gap that the draft left is told with its field.
      let gap = try await call(.post, "\(path)/issue", as: .officer, [:], version: 2)
      #expect(
        gap.status == 422 && ["cases-paper-gap", "cases-paper-field"].contains(gap.json["code"] as? String) && gap.json["field"] != nil)

      #expect(try await ApiCaseTests.issueAll(of: no, call) == ["service-address"])
      let issued = try await call(.get, path, as: .officer)
      #expect(issued.json["mayEdit"] as? Bool == false && (issued.json["paper"] as? [String: Any])?["issuedBy"] as? String == "王建国")
      let frozen = try await call(.patch, path, as: .officer, Self.text("address", "别处"))
      #expect(frozen.status == 409 && frozen.json["code"] as? String == "cases-paper-frozen")

      #expect(try await call(.post, "\(path)/correction", as: .officer, ["reason": ""]).json["field"] as? String == "reason")
      let new = try await call(.post, "\(path)/correction", as: .officer, ["reason": "门牌写错"])
      #expect(new.status == 201 && new.json["replaces"] as? String == id && new.json["state"] as? String == "draft")
      #expect(
        try await call(.post, "\(path)/correction", as: .officer, ["reason": "门牌写错"]).json["code"] as? String == "cases-paper-there")
      let second = try #require(new.json["id"] as? String)
      #expect(try await call(.post, "\(base)/\(second)/issue", as: .officer, [:]).status == 200)
      let replaced = try await call(.get, path, as: .officer)
      #expect((replaced.json["paper"] as? [String: Any])?["state"] as? String == "replaced")
      #expect(replaced.json["replacedBy"] as? String == second)

      let isThere = office.composition.cases.typesetter?.place.missing.isEmpty == true
      for address in ["\(path)/pdf", "/cases/\(no)/bound"] {
        let answer = try await call.raw(.get, address, as: .officer)
        if isThere {
          #expect(answer.status == .ok && answer.headers[.contentType] == "application/pdf" && answer.body.readableBytes > 10_000)
        } else {
          #expect(answer.status == .serviceUnavailable)
        }
      }
    }
  }

  @Test func whoMayNotIssueIsToldSo() async throws {
    try await ApiTests.run { call, office in
      try await ApiCaseTests.certify(office)
      let no = try await Self.lead(call)
      func step(_ noun: String, _ body: [String: Any], as role: Role = .officer) async throws {
        #expect(try await call(.post, "/cases/\(no)/steps/\(noun)", as: role, body).status == 200, "\(noun)")
      }
      try await step("identify-party", ["kind": "individual", "name": "张三", "idNumber": "310118198001011234", "age": 46])
      try await step("ask-filing", ["note": "现场查见外墙开门"])
      try await step("approve-filing", [:], as: .squadLeader)
      let list = try await call(.get, "/cases/\(no)/papers", as: .officer)
      let paper = try #require((list.json["papers"] as? [[String: Any]])?.first { $0["kind"] as? String == "filing-approval" })
      let path = "/cases/\(no)/papers/\(try #require(paper["id"] as? String))"
      // The manager of the district sees the case and writes in none of its papers.
      #expect(try await call(.get, path, as: .districtManager).status == 200)
      #expect(try await call(.patch, path, as: .districtManager, ["texts": [[String: String]]()]).status == 403)
      #expect(try await call(.get, path, as: .dispatcher).status == 403)
      #expect(try await call(.get, "/cases/\(no)/papers/1", as: .officer).json["code"] as? String == "cases-paper-missing")
      #expect(try await call(.get, "/cases/C20200101-000001/papers", as: .officer).json["code"] as? String == "cases-missing")
      #expect(try await call(.post, "/cases/C20200101-000001/papers", as: .officer, ["kind": 3]).json["code"] as? String == "cases-missing")
    }
  }
}
