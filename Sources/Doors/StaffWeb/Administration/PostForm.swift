import Compounds
import Kernel
import Offices
import People
import Storage
import WebSupport

/// Role and place of an account, as a form.
enum PostForm {
  struct Choices: Sendable {
    /// Offices accounts may sit in, each named with its district.
    let offices: [(id: Office.ID, label: String)]
    let firms: [String]
  }
  static func choices(_ person: Person, _ house: House) async throws -> Choices {
    try await house.store.read { db in
      let all = try OfficeStore.all(kinds: [.bureau, .division, .brigade, .district, .squad, .special], district: person.district, db)
      let districts = Dictionary(all.filter { $0.kind == .district }.map { ($0.id, $0.short) }, uniquingKeysWith: { first, _ in first })
      return Choices(
        offices: all.map { office in
          let district = office.kind == .district ? nil : office.district.flatMap { districts[$0] }
          return (office.id, (district.map { $0 + " · " } ?? "") + office.short)
        }, firms: try FirmStore.list(limit: 300, db).map(\.name))
    }
  }
  static func fields(_ choices: Choices, _ form: Fields, _ errors: FormErrors) -> HTML {
    """
    \(UI.select("岗位", name: "role", options: Role.allCases.map { .init($0.rawValue, $0.chinese) }, value: form["role"], error: errors["role"]))
    \(UI.select("单位", name: "office", options: choices.offices.map { .init($0.id.description, $0.label) }, value: form["office"], placeholder: "不属于执法机构", hint: "物业、居委会、业委会账号不选", error: errors["office"]))
    \(UI.suggest("物业企业", name: "firm", value: form.text("firm"), from: choices.firms, hint: "只有物业账号填写", error: errors["firm"], optional: true))
    \(UI.field("居委会或业委会所在小区", name: "committee", value: form.text("committee"), hint: "只有居委会、业委会账号填写：小区编号加“居委会”或“业委会”，例如 7KQ4M9XD 居委会", error: errors["committee"], optional: true))
    """
  }
  /// What the form shows of an account that is there.
  static func fields(of person: Person) -> Fields {
    Fields([
      ("role", person.role.rawValue), ("office", person.office?.description ?? ""), ("firm", person.firm == nil ? "" : person.officeName),
    ])
  }

  struct Post: Sendable {
    let role: Role
    let office: Office.ID?
    let firm: Int64?
    let committee: Int64?
  }
  static func read(_ form: Fields, _ house: House) async throws -> Post {
    guard let role = try form.choice("role", Role.self) else { throw Refusal(.invalid, "people-post", "请选择岗位。", field: "role") }
    let firmName = form["firm"]
    let committeeText = form["committee"]
    let (firm, committee) = try await house.store.read { db in
      (try firmName.map { try Self.firm($0, db) }, try committeeText.map { try Self.committee($0, db) })
    }
    return Post(role: role, office: try form.id("office"), firm: firm, committee: committee)
  }
  private static func firm(_ name: String, _ db: any Reader) throws -> Int64 {
    guard let firm = try FirmStore.find(name: name, db) else {
      throw Refusal(.invalid, "people-firm", "没有登记过这家物业企业，请先在小区资料里登记。", field: "firm")
    }
    return firm.id.raw
  }
  private static func committee(_ text: String, _ db: any Reader) throws -> Int64 {
    let kind: Committee.Kind = text.contains("业委会") ? .owners : .residents
    let no = text.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
    guard let compound = try CompoundStore.find(no: no, db),
      let found = try CommitteeStore.list(of: compound.id, db).first(where: { $0.kind == kind })
    else {
      throw Refusal(.invalid, "people-committee", "没有找到这个小区的\(kind.chinese)，请核对小区编号。", field: "committee")
    }
    return found.id.raw
  }
}
