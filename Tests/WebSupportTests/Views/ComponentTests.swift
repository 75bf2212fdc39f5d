import Kernel
import Testing
import WebSupport

/// What a component must not lose, whatever it comes to look like.
struct ComponentTests {
  @Test func statesNeverRelyOnColourAlone() {
    for tone in Tone.allCases {
      let tag = UI.tag("办结", tone).string
      #expect(tag.contains("办结") && tag.contains("<use "))
    }
    let shapes = Set(Tone.allCases.map { UI.tag("x", $0).string.components("#").last })
    #expect(shapes.count == Tone.allCases.count)
  }

  @Test func clocksSayItInWords() {
    #expect(UI.clock("办理时限", .running(left: "2 个工作日"), due: "9月24日 24:00 前", spent: 60).plain == "办理时限还剩 2 个工作日（9月24日 24:00 前）")
    #expect(UI.clock(nil, .overdue(by: "1 个工作日")).plain == "超期 1 个工作日")
    #expect(UI.clock(nil, .paused(why: "等房管所书面认定")).plain == "已暂停 等房管所书面认定")
    #expect(UI.clock(nil, .running(left: "x"), spent: 400).string.contains("value=\"100\""))
    #expect(UI.clock(nil, .running(left: "x"), spent: -4).string.contains("value=\"0\""))
    #expect(!UI.clock(nil, .running(left: "2 个工作日")).string.contains("data-due"))
  }

  @Test func fieldsTieHintAndErrorToTheControl() {
    let field = UI.field("手机号", name: "phone", value: "1<2", .phone, hint: "只用于联系", error: "应为 11 位数字").string
    #expect(field.contains("aria-describedby=\"f-phone-hint f-phone-error\"") && field.contains("aria-invalid=\"true\""))
    #expect(field.contains("type=\"tel\"") && field.contains("value=\"1&lt;2\"") && field.contains(" required"))
    #expect(!UI.field("门牌", name: "room", optional: true).string.contains(" required"))
    #expect(UI.field("门牌", name: "room", optional: true).plain.contains("（选填）"))
  }

  @Test func textareasKeepTheFirstLineEnd() {
    #expect(UI.textarea("原话", name: "words", value: "\n第二行").string.contains(">\n\n第二行</textarea>"))
  }

  @Test func errorSummaryLeadsToTheFields() {
    let errors = FormErrors(Refusals([Refusal(.invalid, "a", "请写地址", field: "place"), Refusal(.invalid, "b", "已停用")]))
    let summary = UI.errorSummary(errors)
    #expect(summary.string.contains("href=\"#f-place\"") && summary.plain.contains("有 2 处需要修改") && summary.plain.contains("已停用"))
    #expect(errors["place"] == "请写地址" && errors["name"] == nil)
    #expect(UI.errorSummary(.none).isEmpty)
  }

  @Test func formsThatChangeSomethingCarryBothTokens() {
    let form = UI.form("/x", tokens: FormTokens(csrf: "c", once: "o"), upload: true, "").string
    #expect(form.contains("method=\"post\"") && form.contains("name=\"_csrf\" value=\"c\"") && form.contains("name=\"_once\" value=\"o\""))
    #expect(form.contains("enctype=\"multipart/form-data\""))
    #expect(UI.form("/x", "").string.contains("method=\"get\""))
  }

  @Test func rowsAreLinksAndCellsStayText() {
    let table = UI.table("表", [.init("什么", .what), .init("谁", .meta)], [.init("/m/1", ["楼上漏水", HTML(text: "<王>")])]).string
    #expect(table.contains("<a class=\"row-link\" href=\"/m/1\">楼上漏水</a>") && table.contains("&lt;王&gt;"))
    #expect(UI.table("表", [.init("什么", .what)], []).plain.contains("没有符合条件的记录"))
  }

  @Test func sealedTextShowsOnlyTheMask() {
    #expect(UI.masked("王**").plain == "王**")
    #expect(!UI.masked("王**").string.contains("<a "))
    #expect(UI.masked("王**", openAt: "/seal/1", what: "姓名").plain.contains("查看会留下记录"))
  }

  @Test func listsSayWhenTheyEnd() {
    #expect(UI.older(nil, shown: 17).plain == "已显示全部 17 条")
    #expect(UI.older("/x?before=3", shown: 50).plain == "更早的 50 条")
    #expect(UI.newer(href: "/x").string.contains(" hidden"))
    #expect(!UI.newer(count: 12, href: "/x").string.contains(" hidden"))
    #expect(UI.pages(1, of: 1, href: { "\($0)" }).isEmpty)
  }

  @Test func storyWritesEachDayOnceAndTheMachineQuietly() throws {
    let day = try #require(Day(iso: "2026-09-21"))
    let story = UI.timeline([
      .init(at: day.at(hour: 10), who: "沈志明", "现场检查", words: "\("<看到>" as String)"), .init(at: day.at(hour: 9), who: nil, "时限已超期"),
    ]).string
    #expect(story.components("class=\"day\"").count == 2)
    #expect(story.contains("class=\"machine\"") && story.contains("class=\"person\"") && story.contains("&lt;看到&gt;"))
  }

  @Test(arguments: [Refusal.Kind.invalid, .forbidden, .missing, .conflict, .limit, .unavailable])
  func everyRefusalHasAPageWithANextStep(_ kind: Refusal.Kind) {
    let page = UI.refusal(Refusal(kind, "x-y", "请先写明用途", article: "《个人信息保护法》第六条"), back: "/m/1")
    #expect(page.plain.contains("请先写明用途") && page.plain.contains("第六条") && page.string.contains("href=\"/m/1\""))
  }

  @Test func codesAreReadInFours() {
    #expect(UI.receipt("KH7M3Q9T").string.contains("<span>KH7M</span><span>3Q9T</span>"))
    #expect(UI.receipt("KH7M3Q9T").string.contains("data-copy=\"KH7M3Q9T\""))
  }

  @Test func numbersAreGrouped() {
    #expect(UI.grouped(0) == "0" && UI.grouped(999) == "999" && UI.grouped(1_234_567) == "1,234,567" && UI.grouped(-12_340) == "-12,340")
  }

  @Test func framesShowWhatTheirReadersNeed() {
    let who = Page.Who(name: "沈志明", office: "徐泾城管中队")
    let staff = Page(title: "事项", who: who, active: "matters", main: "<h1>x</h1>").render().string
    #expect(staff.contains("aria-current=\"page\"") && staff.contains("class=\"tabbar\"") && staff.contains("href=\"#main\""))
    #expect(!staff.contains("demo-band"))
    let resident = Page(.resident, title: "报问题", demo: true, main: "").render().string
    #expect(!resident.contains("tabbar") && !resident.contains("<nav") && resident.contains("demo-band"))
    #expect(Page(.print, title: "清单", demo: true, main: "").render().string.contains("demo-band"))
    #expect(!Page(title: "登录", main: "").render().string.contains("tabbar"))
  }
}

extension HTML {
  /// What a reader hears: the text without its marks.
  var plain: String {
    var out = ""
    var inside = false
    for c in string {
      if c == "<" { inside = true } else if c == ">" { inside = false } else if !inside { out.append(c) }
    }
    return out
  }
}

extension String {
  func components(_ separator: String) -> [Substring] { split(separator: separator, omittingEmptySubsequences: false) }
}
