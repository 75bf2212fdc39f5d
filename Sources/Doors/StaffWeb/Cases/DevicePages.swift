import Cases
import Foundation
import Kernel
import People
import WebSupport

/// 监控设备登记: without review by law and technique, and a published place, a device's records are no evidence (行政处罚法第四十一条).
struct DevicePages: Sendable {
  let cases: Cases

  func routes(_ book: inout RouteBook) {
    book.get("/devices", allow: .signedIn(.leadCases)) { visit in try await show(visit, errors: .none, of: nil) }
    book.post("/devices", allow: .signedIn(.leadCases), limits: .small) { visit in try await save(visit, nil) }
    book.post("/devices/{device}", allow: .signedIn(.leadCases), limits: .small) { visit in
      try await save(visit, try visit.pathID("device", MonitoringDevice.self))
    }
  }

  /// - Parameter of: the device whose form was sent.
  func show(_ visit: Visit, errors: FormErrors, of sent: MonitoringDevice.ID?) async throws -> Page {
    let devices = try await cases.devices(for: try visit.person)
    let tokens = try visit.formTokens()
    var page = visit.page("监控设备", active: "cases")
    page.crumbs = [.init("案件", "/cases")]
    page.problem = !errors.isEmpty
    let sheets = devices.map { device -> HTML in
      let refusal = device.refusal(at: visit.now)
      let mine = sent == device.id
      return """
        <div class="report"><p><b>\(device.name)</b> \(refusal == nil ? UI.tag("记录可作证据", .good) : UI.tag(device.isInUse ? "手续不全" : "已停用", device.isInUse ? .danger : .neutral))</p>
        <p class="by">\(device.kind)，\(device.place)\(refusal.map { "。\($0.message)" })</p>
        \(UI.facts([("法制审核", Self.paper(device.legalReview)), ("技术审核", Self.paper(device.technicalReview)), ("公布", Self.paper(device.published))]))
        \(UI.details("更正", open: mine, UI.form("/devices/\(device.id)", tokens: tokens, fields(Form(device), mine ? visit.form : nil, mine ? errors : .none))))</div>
        """
    }
    let isNew = sent == nil && !errors.isEmpty
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("监控设备", sub: "设备须经法制审核和技术审核，设置地点向社会公布，其后形成并经人工审核的记录才能作为证据（行政处罚法第四十一条）"))
      \(if: !devices.isEmpty, UI.section("本队的设备", HTML.join(sheets, "\n<hr>\n")))
      \(UI.section("登记设备", UI.form("/devices", tokens: tokens, draft: "device-new", fields(Form(), isNew ? visit.form : nil, isNew ? errors : .none))))
      """
    return page
  }
  private static func paper(_ paper: MonitoringDevice.Paper?) -> HTML {
    paper.map { "\($0.on.chineseLong)，\($0.what)" } ?? UI.tag("没有", .danger)
  }

  /// What a form shows at first.
  private struct Form {
    var values: [String: String] = [:]
    var isInUse = true
    init() {}
    init(_ device: MonitoringDevice) {
      values = ["name": device.name, "kind": device.kind, "place": device.place]
      for (name, paper) in [("legal", device.legalReview), ("technical", device.technicalReview), ("published", device.published)] {
        values["\(name)-on"] = paper?.on.iso
        values["\(name)-what"] = paper?.what
      }
      isInUse = device.isInUse
    }
  }
  private func fields(_ form: Form, _ typed: Fields?, _ errors: FormErrors) -> HTML {
    func value(_ name: String) -> String { typed.map { $0.text(name) } ?? form.values[name] ?? "" }
    func line(_ label: String, _ name: String, hint: HTML? = nil, optional: Bool = false) -> HTML {
      UI.field(label, name: name, value: value(name), hint: hint, error: errors[name], optional: optional)
    }
    func paper(_ label: String, _ name: String, _ what: String) -> HTML {
      UI.fieldRow([
        UI.field("\(label)日期", name: "\(name)-on", value: value("\(name)-on"), .date, error: errors["\(name)-on"], optional: true),
        line(what, "\(name)-what", optional: true),
      ])
    }
    return """
      \(line("设备名称", "name", hint: "如“12号楼东侧高空抛物摄像机”"))\(line("种类", "kind", hint: "如“视频监控”“噪声监测仪”"))\(line("设置地点", "place"))
      \(paper("法制审核", "legal", "审核文书"))\(paper("技术审核", "technical", "审核文书"))\(paper("公布", "published", "在哪里公布"))
      \(UI.checkbox("正在使用", name: "use", on: typed.map { $0.flag("use") } ?? form.isInUse))
      \(UI.button("保存", .secondary, icon: .check))
      """
  }

  func save(_ visit: Visit, _ id: MonitoringDevice.ID?) async throws -> Answer {
    do {
      let form = visit.form
      func paper(_ name: String) throws -> MonitoringDevice.Paper? {
        try form.day("\(name)-on").map { MonitoringDevice.Paper(on: $0, form.text("\(name)-what")) }
      }
      var edit = DeviceEdit()
      (edit.name, edit.kind, edit.place) = (form.text("name"), form.text("kind"), form.text("place"))
      (edit.legalReview, edit.technicalReview, edit.published) = (try paper("legal"), try paper("technical"), try paper("published"))
      edit.isInUse = form.flag("use")
      try await cases.note(device: edit, of: id, by: try visit.person)
      return try visit.done("/devices", saying: "已保存")
    } catch let refusal as Refusal where [.invalid, .conflict].contains(refusal.kind) {
      return visit.again(try await show(visit, errors: FormErrors(refusal), of: id), after: refusal)
    }
  }
}
