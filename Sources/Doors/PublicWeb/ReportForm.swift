import Kernel
import WebSupport

/// The one-page form, in the words of what the resident came for.
extension PublicKind {
  var title: String {
    switch self {
    case .report: "反映问题"
    case .suggest: "提建议"
    case .ask: "咨询"
    }
  }
  var question: String {
    switch self {
    case .report: "发生了什么"
    case .suggest: "您的建议"
    case .ask: "您想问什么"
    }
  }
  var hint: HTML {
    switch self {
    case .report: "写清是什么事、什么时候开始的，例如“楼上正在把阳台改成卫生间，昨天开始敲墙”。"
    case .suggest: "希望怎样改、好处在哪里。采纳与否都会答复。"
    case .ask: "例如“顶楼露台能不能搭阳光房”。"
    }
  }
  var button: String {
    switch self {
    case .report: "送给"
    case .suggest: "把建议送给"
    case .ask: "把问题送给"
    }
  }
  var after: HTML {
    switch self {
    case .report: "送出后会得到一个查询码。执法队核实地点和职责后派人办理，办到哪一步、怎么处理的，凭查询码都能看到。"
    case .suggest, .ask: "送出后会得到一个查询码，凭码看答复。"
    }
  }
}

/// What the form needs to know about where it stands.
struct ReportForm: Sendable {
  let kind: PublicKind
  /// "/c/7KQ4M9XD/report".
  let action: String
  /// In the draft's key, so that two compounds' drafts never mix.
  let key: String
  /// "元邑小城", or the district when the compound is not in the register.
  let placeName: String
  /// "盈港东路 8900 弄".
  let placeNote: String
  /// Where it goes: "徐泾中队".
  let receiver: String
  /// The place is only known by district, so it must be written down.
  let placeOpen: Bool
  let hidden: [(name: String, value: String)]

  func html(_ fields: Fields, tokens: FormTokens, errors: FormErrors) -> HTML {
    UI.form(
      action, tokens: tokens, draft: "\(kind.rawValue)-\(key)", upload: true,
      """
      \(each: hidden, { "<input type=\"hidden\" name=\"\($0.name)\" value=\"\($0.value)\">" })
      \(UI.textarea(kind.question, name: "content", value: fields.text("content"), rows: 4, limit: 2000, hint: kind.hint, error: errors["content"]))
      \(place(fields, errors))
      \(UI.photos("照片", limit: 9, hint: "最多 9 张，一两张就够。转给别人看的图片不含定位信息。", error: errors["photos"]))
      \(UI.field("联系电话", name: "phone", value: fields.text("phone"), .phone, hint: sealing, error: errors["phone"], optional: true, sensitive: true))
      \(UI.field("怎么称呼您", name: "name", value: fields.text("name"), hint: "例如“王女士”。不留电话就不用填。", error: errors["name"], optional: true, sensitive: true, autocomplete: "off"))
      \(UI.toolbar([UI.button("\(kind.button)\(receiver)")]))
      """)
  }

  private var sealing: HTML {
    "留了电话，执法队员会先联系您。姓名和电话加密保存，只有办理此事的人为联系您才能查看，每次查看都有记录；不会告诉被反映的人，也不会告诉物业。"
  }

  private func place(_ fields: Fields, _ errors: FormErrors) -> HTML {
    if placeOpen {
      return UI.field(
        "在哪里", name: "place", value: fields.text("place"), hint: "路名、门牌号或弄号，小区名，几号楼几室，例如“盈港东路 8900 弄 12 号 302 室”。",
        error: errors["place"])
    }
    return UI.field(
      "小区里的具体位置", name: "place", value: fields.text("place"), hint: "几号楼、几室或者什么地方，例如“12 号 302 室”“6 号楼北侧绿地”。", error: errors["place"],
      optional: true)
  }
}
