import ClockBook
import Intake
import Kernel
import Storage
import WorkCalendar

extension Matters {
  /// The whole story of a matter in plain lines, for whoever runs the machine: what happened, each clock with its arithmetic, who looked, what
  /// was sent. Masked words only.
  /// - Parameter no: of a matter or of one of its reports.
  public func explain(_ no: String) async throws -> [String] {
    let now = house.now()
    return try await house.store.read { db in
      let found =
        try MatterStore.find(no: no, db) ?? ReportStore.find(no: no, db)?.matter.flatMap { try MatterStore.find(Matter.ID($0), db) }
      guard let matter = found else { throw Refusal(.missing, "matters-missing", "没有编号为 \(no) 的事项或诉件。") }
      var lines = [
        "\(matter.no)　\(matter.title)　\(matter.state.chinese)",
        "承办：\(matter.squadName ?? "未定")　队员：\(matter.officerName ?? "未定")　诉件：\(matter.reports) 件", "",
      ]
      lines.append("经过")
      for line in try MatterStory.lines(of: matter.id, db) {
        lines.append("  \(line.at.text)　\(line.who)　\(line.what)")
        if let note = line.note { lines.append("      \(note.replacing("\n", with: "\n      "))") }
      }
      let reports = try ReportStore.reports(ofMatter: matter.id.raw, db)
      lines += ["", "时限"]
      let all = try clocks.clocks(of: Subject("matter", matter.id), db) + clocks.clocks(of: "report", ids: reports.map(\.id.raw), db)
      for booked in all {
        let sheet = clocks.sheet(booked, at: now)
        let whose = reports.first { $0.id.raw == booked.subject.id && booked.subject.kind == "report" }?.no ?? matter.no
        lines.append("  \(sheet.name)（\(whose)）　\(sheet.remaining.text)　依据：\(sheet.basis)")
        lines += sheet.steps.map { "      \($0.text)" }
      }
      lines += ["", "诉件"]
      for report in reports {
        lines.append("  \(report.no)　\(report.channel.chinese)　\(report.receivedAt.text)　\(report.sourceNo ?? "")")
        let looks = try Journal.entries(of: Subject("report", report.id), db).filter { $0.action == "report-identity-opened" }
        for look in looks {
          let purpose = ReportStore.Purpose(rawValue: try look.facts([String: String].self)["purpose"] ?? "")?.chinese ?? ""
          lines.append("      \(look.at.text)　\(look.actor.name) 查看封存信息，用途：\(purpose)")
        }
      }
      let sent = try db.all(
        "SELECT n.at, n.text, a.name FROM notice n JOIN account a ON a.id = n.account_id WHERE n.matter_id = \(matter.id) ORDER BY n.id")
      if !sent.isEmpty {
        lines += ["", "提醒"]
        lines += try sent.map { "  \(try $0.moment("at").text)　\(try $0.text("name"))　\(try $0.text("text"))" }
      }
      return lines
    }
  }
}
