import Foundation
import Kernel
import Testing

/// The file of offices as it is shipped: whoever edits it by hand learns here what broke.
@Suite struct OfficesDataTests {
  @Test func officesHangTogether() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let data = try Data(contentsOf: root.appending(path: "Data/offices/shanghai.json"))
    let offices = try DataFile.read(data, file: "offices/shanghai.json") { root in
      root.object("source", "offices")
      var codes: Set<String> = []
      var names: Set<String> = []
      return root["offices"].list().map { office in
        office.object("code", "name", "short", "kind", "parent", "area_code", "area_name", "area_kind", "confidence", "source", "note")
        let (code, parent) = (office["code"].string(), office["parent"].optionalString())
        if let parent, !codes.contains(parent) { office.problem("parent \(parent) does not come before") }
        if parent == nil && code != "310000" { office.problem("has no parent") }
        if !codes.insert(code).inserted { office.problem("code twice") }
        for name in [office["name"].string(), office["short"].string()] where !names.insert(name).inserted {
          office.problem("\(name) twice")
        }
        if let area = office["area_code"].optionalString(), code.allSatisfy(\.isNumber), area != code { office.problem("area_code") }
        if code.count == 9, code.allSatisfy(\.isNumber), parent != String(code.prefix(6)) { office.problem("not in its district") }
        return office["kind"].string()
      }
    }
    let counts = Dictionary(grouping: offices) { $0 }.mapValues(\.count)
    #expect(counts == ["bureau": 1, "division": 4, "brigade": 1, "district": 16, "squad": 215, "special": 22, "department": 19])
  }
}
