import Foundation
import Kernel

/// A decision of two pages that belongs to no case: to look at the layouts and to measure them.
public enum PaperSample {
  /// - Parameters:
  ///   - serial: makes each different from the last, as real ones are.
  ///   - party: the name in it.
  public static func decision(_ serial: Int, party: String = "王镕喆", book: PaperBook, on day: Day) throws -> Data {
    guard let form = book["penalty-decision"] else { throw Refusal(.missing, "cases-paper-kind", "没有这种文书。") }
    var texts = [
      "party": party, "party-id": "310118********\(serial.padded(4))", "party-address": "上海市青浦区盈港东路8900弄\(serial)号",
      "intro": "本机关于2026年9月15日对你（单位）损坏房屋外貌一案（徐泾中队立〔2026〕\(serial)号）立案调查，现已调查终结。",
      "law": "上述行为违反了《上海市住宅物业管理规定》第五十六条第二款第二项的规定，应当依据《上海市住宅物业管理规定》第八十四条的规定予以处罚。",
      "penalty": "综上，本机关决定对你（单位）作出如下行政处罚：\n罚款人民币3000元（大写：叁仟元整）。",
      "collector": "罚款3000元，由代收机构收取，缴款期限为自收到本决定书之日起十五日。",
      "remedies": "如不服本决定，可以自收到本决定书之日起六十日内向上海市青浦区人民政府申请行政复议，或者自收到本决定书之日起六个月内依法向有管辖权的人民法院提起行政诉讼。",
    ]
    texts["facts"] =
      "经查，当事人\(party)于2026年9月10日在盈港东路8900弄\(serial)号南立面外墙开凿门洞一处，洞口宽1.2米、高2.1米，开凿面积2.52㎡。"
    texts["evidence"] =
      "以上事实，有下列证据证明：\n1. 现场检查（勘验）笔录一份（2026年9月15日），证明现场的情况；\n2. 照片6件，证明外墙被开凿的位置和尺寸。"
    texts["defence"] =
      "本机关于2026年9月25日告知当事人拟作出的处罚内容及事实、理由、依据，并告知依法享有的陈述、申辩的权利。当事人在期限内没有提出陈述、申辩。"
    texts["discretion"] =
      "当事人经责令改正后拒不改正，开凿面积不足3㎡，没有影响房屋安全，属于一般情节。"
    let paper = PaperRecord(
      id: PaperRecord.ID(Int64(serial)), caseID: CaseRecord.ID(1), kind: form.id, title: form.paper.printedTitle, no: nil, state: .issued,
      texts: texts, step: nil, madeAt: day.start, editedAt: nil, issuedAt: day.start, issuedBy: nil, sha256: nil, replaces: nil, version: 1)
    let document = PaperDocument(
      paper, form, organ: "上海市青浦区徐泾镇人民政府", no: "徐泾中队罚决〔\(day.year)〕\(serial)号", on: day)
    return try PaperSheaf(title: document.title, organ: document.organ, on: day, documents: [document]).json
  }
}
