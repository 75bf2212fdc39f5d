import Compounds
import Intake
import Kernel
import Matters
import People
import Storage
import WebSupport

/// Passing on what somebody said, in their words; and the online studio, where a committee raises a thing for many. Each gets
/// a closed loop with an answer.
struct CommitteeReportPages: Sendable {
  let matters: Matters
  static let limits = BodyLimits(total: 64 << 20, file: 20 << 20, files: 20)

  func routes(_ book: inout RouteBook) {
    for topic in [false, true] {
      let at = topic ? "/committee/topic" : "/committee/report"
      book.get(at, allow: .signedIn(.reportForCommittee)) { visit in try await page(visit, topic, .none) }
      book.post(at, allow: .signedIn(.reportForCommittee), limits: Self.limits) { visit in try await send(visit, topic) }
    }
  }

  private func page(_ visit: Visit, _ topic: Bool, _ errors: FormErrors) async throws -> Page {
    let compounds = try await CommitteePages.compounds(visit).map(\.compound)
    let form = visit.form
    let chosen = form["compound"] ?? visit.query["compound"] ?? (compounds.count == 1 ? compounds.first?.no : nil)
    var page = visit.page(topic ? "线上工作室" : "反映", active: topic ? "committee-topic" : "committee-report")
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading(topic ? "线上工作室：代表大家提" : "反映", sub: topic ? "大家都关心的事，提出来由执法队答复" : "照居民的原话写，执法队按一件诉件办理和答复"))
      \(UI.form(topic ? "/committee/topic" : "/committee/report", tokens: try visit.formTokens(), draft: topic ? "committee-topic" : "committee-report", upload: true, """
      \(UI.select("小区", name: "compound", options: compounds.map { UI.Choice($0.no, $0.name) }, value: chosen, error: errors["compound"]))
      \(if: topic, UI.radios("性质", name: "nature", [.init("complaint", "投诉举报"), .init("suggestion", "人民建议"), .init("question", "咨询")], value: form["nature"], error: errors["nature"], inline: true))
      \(UI.textarea(topic ? "什么事，希望怎样解决" : "居民的原话", name: "content", value: form.text("content"), rows: 4, limit: 2000, error: errors["content"]))
      \(if: topic, UI.field("涉及多少户", name: "households", value: form.text("households"), .number, hint: "大约的数字就行。", error: errors["households"], optional: true, unit: "户"))
      \(UI.field("具体位置", name: "place", value: form.text("place"), hint: "几号楼几室或者什么地方。", error: errors["place"], optional: true))
      \(UI.photos("照片", limit: 9, error: errors["photos"]))
      \(UI.field("联系电话", name: "phone", value: form.text("phone"), .phone, hint: "本单位或者反映人的电话，用于先行联系和回访，加密保存。反映人不愿留的，不用填。", error: errors["phone"], optional: true, sensitive: true))
      \(UI.toolbar([UI.button(topic ? "提交执法队答复" : "转给执法队")]))
      """))
      """
    return page
  }

  private func send(_ visit: Visit, _ topic: Bool) async throws -> any Answering {
    let committee = try CommitteePages.committee(visit)
    let form = visit.form
    var wrong: [Refusal] = []
    let compound = try await CommitteePages.compounds(visit).map(\.compound).first { $0.no == form["compound"] }
    if compound == nil { wrong.append(Refusal(.invalid, "committee-compound", "请选择小区。", field: "compound")) }
    var new = NewReport(channel: topic ? .studio : .committee, content: form.text("content"), saidAt: visit.now)
    if topic {
      do {
        guard let nature = try form.choice("nature", Report.Nature.self) else {
          throw Refusal(.invalid, "committee-nature", "请选择性质。", field: "nature")
        }
        new.nature = nature
        // Beside the words and told apart from them, so that the officer sees how many it concerns.
        if let households = try form.int("households", in: 1...100_000), !new.content.isEmpty { new.content += "\n（涉及约 \(households) 户）" }
      } catch let error as Refusal { wrong.append(error) }
    }
    new.place = form.text("place")
    new.callerPhone = form["phone"]
    new.compound = compound?.id.raw
    new.receiver = compound?.squad.raw
    new.reporter = try visit.person.id.raw
    new.committee = committee
    new.idempotencyKey = visit.once.map { "committee:\($0)" }
    do { try new.check(now: visit.now) } catch { wrong += error.all }
    do { new.files = try await PhotoIntake(vault: visit.house.vault).keep(visit.files("photos").map(\.bytes)) } catch let error as Refusals
    {
      wrong += error.all
    }
    if !wrong.isEmpty { return visit.again(try await page(visit, topic, FormErrors(Refusals(wrong)))) }
    let received = try await matters.receive(new, by: try visit.person.actor)
    return try visit.done("/committee/reports/\(received.report.no)", saying: "已送达，编号 \(received.report.no)")
  }
}
