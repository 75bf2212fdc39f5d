import Catalogue
import Grades
import Intake
import Kernel
import Storage
import WebSupport

/// What an officer writes down of a visit: the same fields for one that was planned and one that was not.
struct InspectionForm {
  let catalogue: Catalogue
  let typed: Fields
  let today: Day
  let errors: FormErrors

  var fields: HTML {
    """
    \(UI.radios("结果", name: "result", [.init("nothing", "未发现问题"), .init("told", "当场告知改正", hint: "写明告知了谁、改什么"), .init("matter", "登记为事项", hint: "与巡查发现一样办理，不用再填")], value: typed["result"], error: errors["result"]))
    \(UI.textarea("看到什么", name: "note", value: typed.text("note"), rows: 4, limit: 2000, hint: "未发现问题的可以不填", error: errors["note"] ?? errors["content"]))
    \(UI.photos("现场照片", hint: "保留原图。登记为事项的，随事项作为证据，不用再传", error: errors["photos"], original: true))
    \(UI.date("检查日期", name: "on", value: (try? typed.day("on")) ?? today, error: errors["on"]))
    \(UI.details("告知改正的：哪天复查", open: errors["recheck"] != nil, UI.date("复查日期", name: "recheck", value: (try? typed.day("recheck")) ?? nil, hint: "到期会提醒您再去看", error: errors["recheck"], optional: true)))
    \(UI.details("登记为事项的：位置、事项", open: errors["place"] != nil || typed["result"] == "matter", """
    \(UI.field("具体位置", name: "place", value: typed.text("place"), hint: "如“12号101室天井”", error: errors["place"], optional: true))
    \(UI.select("执法事项", name: "item", options: catalogue.items.map { .init($0.slug, $0.name) }, value: typed["item"], placeholder: "按内容自动识别", error: errors["item"], optional: true))
    \(UI.checkbox("情况紧急", name: "urgent", on: typed.flag("urgent"), hint: "正在施工，或者有人身危险"))
    \(UI.checkbox("由我接着办", name: "mine", on: typed.all.isEmpty || typed.flag("mine"), hint: "登记后直接接单，不用再派"))
    \(UI.locate())
    """))
    """
  }

  /// As it was sent. Its photos lie in the vault before anything speaks of them.
  static func read(_ visit: Visit) async throws -> InspectionReport {
    let form = visit.form
    var report = InspectionReport(
      on: try form.day("on"), result: try form.choice("result", Inspection.Result.self), note: form.text("note"))
    report.recheck = try form.day("recheck")
    report.place = form.text("place")
    report.item = form["item"]
    report.urgent = form.flag("urgent")
    report.mine = form.flag("mine")
    if let latitude = try form.number("latitude", in: -90...90), let longitude = try form.number("longitude", in: -180...180) {
      report.position = Coordinates(latitude: latitude, longitude: longitude)
    }
    report.files = try await PhotoIntake(vault: visit.house.vault).keep(visit.files("photos"))
    return report
  }

  /// Where somebody goes after it was kept, and what they are told.
  static func done(_ visit: Visit, _ no: String, _ out: CarriedOut) throws -> Answer {
    guard let matter = out.matterNo else { return try visit.done(GradeWords.address(inspection: no), saying: "检查已记录") }
    return try visit.done(
      MatterWords.address(matter), saying: "检查已记录，登记为 \(matter)\(out.notAccepted.map { "。没有接单：\($0)" } ?? "")")
  }
}
