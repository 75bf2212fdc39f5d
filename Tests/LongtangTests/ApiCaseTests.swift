import Cases
import Foundation
import HTTPTypes
import HummingbirdTesting
import Kernel
import Offices
import People
import Storage
import Testing
import Typesetting

@testable import longtang

/// A whole case by `/api/v1`, refusals with their article included.
@Suite struct ApiCaseTests {
  @Test func aCaseGoesFromTheLeadToTheArchive() async throws {
    try await ApiTests.run { call, office in
      try await Self.certify(office)
      func step(_ noun: String, _ body: [String: Any] = [:], _ no: String, as role: Role = .officer, version: Int? = nil) async throws -> (
        status: Int, json: [String: Any]
      ) {
        try await call(.post, "/cases/\(no)/steps/\(noun)", as: role, body, version: version)
      }
      let opened = try await call(
        .post, "/cases", as: .officer,
        ["item": "kitchen-bathroom-conversion", "procedure": "ordinary", "foundOn": "2026-09-24", "place": "元邑小城12号"])
      #expect(opened.status == 201 && opened.json["state"] as? String == "lead")
      let no = try #require(opened.json["no"] as? String)

      // One officer alone is too few, and somebody unknown is nobody.
      let alone = try await step("assign", ["officers": ["dui"]], no, as: .squadLeader)
      #expect(alone.status == 422 && alone.json["code"] as? String == "cases-too-few-officers")
      #expect(alone.json["article"] as? String == "行政处罚法第四十二条第一款")
      #expect(try await step("assign", ["officers": ["dui", "nobody"]], no, as: .squadLeader).json["code"] as? String == "api-no-person")
      #expect(try await step("assign", ["officers": ["dui", "zhang"]], no, as: .squadLeader).status == 200)
      #expect(
        try await step("identify-party", ["kind": "individual", "name": "张三", "idNumber": "310118198001011234", "age": 46], no).status
          == 200)
      // Out of order, and by the wrong role.
      let early = try await step("decide", ["fine": 500, "note": "…"], no, as: .squadLeader)
      #expect(early.status == 409 && early.json["code"] as? String == "step-not-now" && early.json["article"] != nil)
      #expect(try await step("approve-filing", [:], no, as: .officer).status == 409)
      #expect(try await step("ask-filing", ["note": "现场查见改建"], no).status == 200)
      #expect(try await step("approve-filing", [:], no, as: .officer).status == 403)
      let filed = try await step("approve-filing", [:], no, as: .squadLeader)
      #expect(filed.json["state"] as? String == "investigating" && filed.json["filingNo"] != nil)
      let version = try #require(filed.json["version"] as? Int)
      let present = ["dui", "zhang"]
      #expect(
        try await step("inspect", ["present": ["dui"], "place": "12号", "note": "查见"], no).json["code"] as? String == "cases-one-officer")
      #expect(try await step("inspect", ["present": present, "place": "12号", "note": "查见坐便器"], no, version: version).status == 200)
      let late = try await step("inspect", ["present": present, "place": "12号", "note": "再查"], no, version: version)
      #expect(late.status == 409 && late.json["code"] as? String == "cases-changed")
      // Evidence is counted by what is there, never by a number that somebody sends.
      let none = try await step("collect", ["note": "现状"], no)
      #expect(none.status == 422 && none.json["code"] as? String == "cases-no-exhibit")
      #expect(none.json["article"] as? String == "行政处罚法第四十六条")
      #expect(try await step("collect", ["exhibits": 3, "note": "现状"], no).json["code"] as? String == "json-unknown-key")
      for (title, seed) in [("坐便器", 0), ("排水管", 1)] {
        let photo = try await call(
          .post, "/cases/\(no)/exhibits", as: .officer,
          ["title": title, "proves": "厨房已改为卫生间", "content": ApiEvidenceTests.png(8, 8 + seed).base64EncodedString()])
        #expect(photo.status == 201 && photo.json["kind"] as? String == "photo" && photo.json["counts"] as? Bool == true)
      }
      let measured = try await call(
        .post, "/cases/\(no)/exhibits", as: .officer,
        [
          "title": "卫生间面积", "proves": "改动的面积", "madeAt": "2026-09-24T09:30:00+08:00",
          "measure": ["value": "3.2", "unit": "平方米", "instrument": "激光测距仪 LD-03"],
        ])
      #expect(measured.status == 201 && measured.json["number"] as? Int == 3)
      let again = try await step("collect", ["note": "现状"], no)
      #expect(again.status == 409 && again.json["code"] as? String == "cases-exhibits-counted")
      #expect((again.json["detail"] as? String)?.contains("3 件") == true)
      #expect(try await step("order-correction", ["note": "恢复原状"], no).status == 200)
      /// The newest draft of a kind, issued as it stands and with what only a person knows.
      func issue(_ kind: String, as who: Role = .officer) async throws {
        let list = try #require(try await call(.get, "/cases/\(no)/papers", as: who).json["papers"] as? [[String: Any]])
        let paper = try #require(list.last { $0["kind"] as? String == kind && $0["state"] as? String == "draft" })
        let id = try #require(paper["id"] as? String)
        let fields = try #require(try await call(.get, "/cases/\(no)/papers/\(id)", as: who).json["fields"] as? [[String: Any]])
        let gaps = fields.filter { ($0["text"] as? String)?.isEmpty == true || ($0["text"] as? String)?.contains("【待填") == true }
        let filled = gaps.map { ["name": $0["name"] as? String ?? "", "text": "照实填写。"] }
        let answer = try await call(.post, "/cases/\(no)/papers/\(id)/issue", as: who, ["texts": filled])
        #expect(answer.status == 200 && answer.json["state"] as? String == "issued", "\(answer.json)")
      }
      let unissued = try await step("review-correction", ["corrected": "yes", "note": "已恢复"], no)
      #expect(unissued.status == 409 && unissued.json["code"] as? String == "cases-not-issued")
      try await issue("rectify-order")
      #expect(try await step("review-correction", ["corrected": "yes", "note": "已恢复"], no).status == 200)
      #expect(
        try await step(
          "take-fast-track", ["written": true, "clear": true, "admits": true, "agrees": true, "correcting": true], no
        ).json["procedure"] as? String == "fast-track")
      #expect(try await step("conclude", ["note": "事实清楚"], no).status == 200)
      let weighed = try await step("weigh", ["tier": "base", "picks": ["harm:0", "correction:0"]], no)
      #expect(weighed.status == 422 && weighed.json["code"] as? String == "cases-discretion-pick")
      #expect(try await step("weigh", ["tier": "base", "picks": ["harm:0", "correction:0", "record:0"]], no).status == 200)
      let high = try await step("propose", ["fine": 1000.01, "note": "…"], no)
      #expect(high.status == 422 && high.json["code"] as? String == "cases-fine-too-high" && high.json["field"] as? String == "fine")
      #expect(try await step("propose", ["fine": 550, "note": "主动改正"], no).status == 200)
      try await issue("prior-notice")
      #expect(try await step("give-notice", ["served": "2026-09-24T10:00"], no).status == 200)
      let file = try await call(.get, "/cases/\(no)", as: .officer)
      let actions = try #require(file.json["actions"] as? [[String: Any]])
      #expect(actions.contains { $0["step"] as? String == "end-notice" && $0["missing"] as? String == "cases-statement-time-runs" })
      #expect(try await step("waive", ["note": "书面放弃"], no).status == 200)
      #expect(try await step("end-notice", [:], no).status == 200)
      #expect(try await step("decide", ["fine": 550, "note": "同意"], no, as: .squadLeader).status == 200)
      try await issue("penalty-decision", as: .squadLeader)
      #expect(try await step("serve", ["method": "direct", "on": "2026-09-24", "servers": 2], no).status == 200)
      #expect(try await step("pay", ["amount": 550, "receipt": "A1"], no).status == 200)
      #expect(try await step("close", [:], no, as: .squadLeader).json["state"] as? String == "closed")
      let archived = try await step("archive", [:], no)
      #expect(archived.json["state"] as? String == "archived")
      // Every paper that the steps have drafted is completed and issued, by whoever may.
      let issued = try await Self.issueAll(of: no, call)
      #expect(issued.contains("penalty-decision") && issued.contains("case-index") && issued.filter { $0 == "photo-evidence" }.count == 3)
      let list = try await call(.get, "/cases/\(no)/papers", as: .officer)
      let papers = try #require(list.json["papers"] as? [[String: Any]])
      #expect(papers.count == issued.count && papers.allSatisfy { $0["state"] as? String == "issued" })
      let bound = try await call.raw(.get, "/cases/\(no)/bound", as: .officer)
      if office.composition.cases.typesetter?.place.missing.isEmpty == true {
        #expect(bound.status == .ok && bound.headers[.contentType] == "application/pdf")
      } else {
        #expect(bound.status == .serviceUnavailable)
      }
      // What is sealed is not in any answer.
      let text = "\(try await call(.get, "/cases/\(no)", as: .officer).json)"
      #expect(!text.contains("310118198001011234"))
      let closed = try await call(.get, "/cases?group=closed", as: .officer)
      #expect((closed.json["cases"] as? [[String: Any]])?.first?["no"] as? String == no)
    }
  }

  @Test func whatABodyGetsWrongIsToldByItsField() async throws {
    try await ApiTests.run { call, office in
      try await Self.certify(office)
      func open(_ more: [String: Any]) async throws -> [String: Any] {
        try await call(
          .post, "/cases", as: .officer,
          ["item": "facade-damage", "procedure": "ordinary", "foundOn": "2026-09-24", "place": "12号"].merging(more) { $1 }
        ).json
      }
      #expect(try await open(["foundOn": "昨天"])["field"] as? String == "foundOn")
      #expect(try await open(["foundOn": "2026-09-25"])["code"] as? String == "cases-future")
      #expect(try await open(["item": "no-such"])["code"] as? String == "catalogue-no-such-item")
      #expect(try await open(["procedure": "fast-track"])["code"] as? String == "api-procedure")
      #expect(try await open(["place": ""])["code"] as? String == "cases-no-place")
      #expect(try await open(["speed": 3])["code"] as? String == "json-unknown-key")
      let no = try #require(try await open([:])["no"] as? String)
      func step(_ noun: String, _ body: [String: Any]) async throws -> [String: Any] {
        try await call(.post, "/cases/\(no)/steps/\(noun)", as: .officer, body).json
      }
      #expect(try await step("ask-filing", [:])["code"] as? String == "cases-missing-note")
      #expect(try await step("ask-filing", ["note": 5])["field"] as? String == "note")
      #expect(try await step("ask-filing", ["note": "x", "extra": true])["code"] as? String == "json-unknown-key")
      #expect(try await step("identify-party", ["kind": "ghost", "name": "x"])["field"] as? String == "kind")
      #expect(try await call(.post, "/cases/\(no)/steps/ask-filing", as: .dispatcher, ["note": "x"]).status == 403)
      #expect(try await call(.get, "/cases/C20200101-000001", as: .officer).status == 404)
    }
  }

  /// Completes and issues what is still a draft.
  /// - Returns: the kinds of all, in their order.
  static func issueAll(of no: String, _ call: ApiTests.Caller) async throws -> [String] {
    let list = try await call(.get, "/cases/\(no)/papers", as: .officer)
    var kinds: [String] = []
    for paper in try #require(list.json["papers"] as? [[String: Any]]) {
      let (id, kind) = (try #require(paper["id"] as? String), try #require(paper["kind"] as? String))
      kinds.append(kind)
      // Handed over before, so issued before.
      if paper["state"] as? String == "issued" { continue }
      let path = "/cases/\(no)/papers/\(id)"
      var who = Role.officer
      var file = try await call(.get, path, as: who)
      if file.json["mayIssue"] as? Bool == false {
        who = .squadLeader
        file = try await call(.get, path, as: who)
      }
      #expect(file.json["mayIssue"] as? Bool == true, "\(kind)")
      let texts = try #require(file.json["fields"] as? [[String: Any]]).compactMap { field -> [String: String]? in
        guard let name = field["name"] as? String, let text = field["text"] as? String else { return nil }
        if text.isEmpty, field["optional"] as? Bool == true { return nil }
        return text.isEmpty ? ["name": name, "text": "已核对。"] : ["name": name, "text": text.replacing(/【待填：[^】]*】/, with: "已核对")]
      }
      let version = try #require((file.json["paper"] as? [String: Any])?["version"] as? Int)
      let issued = try await call(.post, "\(path)/issue", as: who, ["texts": texts], version: version)
      #expect(issued.status == 200 && issued.json["state"] as? String == "issued", "\(kind): \(issued.json)")
    }
    return kinds
  }

  static func certify(_ office: ApiTests.Office) async throws {
    let cases = office.composition.cases
    let leader = try #require(try await office.house.store.read { db in try PersonStore.find(login: "zhang", db) })
    let officer = try #require(try await office.house.store.read { db in try PersonStore.find(login: "dui", db) })
    let until = try #require(Day(iso: "2028-01-01"))
    try await cases.note(certificate: "沪QP0001", until: until, of: officer.id, by: leader)
    try await cases.note(certificate: "沪QP0002", until: until, of: leader.id, by: leader)
  }
}
