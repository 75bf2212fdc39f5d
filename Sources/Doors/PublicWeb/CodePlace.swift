import Compounds
import Kernel
import Offices
import People
import Storage
import WebSupport

/// Where a scanned code stands: a compound or a studio, and who is in charge there.
struct CodePlace: Sendable {
  /// As in the address: the public number.
  let no: String
  let name: String
  let address: String
  let compound: Compound?
  let studio: Studio?
  let squad: Office
  /// Open studios of the squad, the scanned one first.
  let studios: [Studio]

  static let missing = Refusal(.missing, "public-no-code", "没有找到这个城管码。请核对后重新输入，或者从首页选择小区。")

  static func find(_ code: String, in house: House) async throws -> CodePlace {
    try await house.store.read { db in
      if let compound = try CompoundStore.find(no: code, db) {
        guard compound.state == .active, let squad = try OfficeStore.find(compound.squad, db) else { throw missing }
        return CodePlace(
          no: compound.no, name: compound.name, address: compound.address, compound: compound, studio: nil, squad: squad,
          studios: try open(squad.id, db))
      }
      guard let studio = try StudioStore.find(no: code, db), studio.state == .open, let squad = try OfficeStore.find(studio.squad, db)
      else {
        throw missing
      }
      let others = try open(squad.id, db).filter { $0.id != studio.id }
      return CodePlace(
        no: studio.no, name: studio.name, address: studio.address, compound: nil, studio: studio, squad: squad, studios: [studio] + others)
    }
  }
  private static func open(_ squad: Office.ID, _ db: any Reader) throws -> [Studio] {
    try StudioStore.list(of: squad, db).filter { $0.state == .open }
  }

  /// The number to call: of the studio that is in charge.
  var phone: String? { studios.lazy.compactMap(\.phone).first }
}

extension UI {
  /// A studio as residents need it: where, when, how to call.
  /// Each stretch of time stays in one piece.
  private static func hours(_ text: String) -> HTML {
    HTML.join(text.split(separator: "，").map { "<span class=\"num\">\(String($0))</span>" as HTML }, "，")
  }
  static func studioFacts(_ studio: Studio) -> HTML {
    facts([
      ("地址", HTML(text: studio.address)),
      ("开放时间", studio.hours.isEmpty ? nil : Self.hours(studio.hours)),
      ("电话", studio.phone.map { phone($0) }),
    ])
  }
}
