import Retention
import WebSupport

enum RetentionWords {
  /// In an auditor's list: short.
  static func part(_ kind: RetentionKind?) -> String {
    switch kind {
    case .identity: "身份和原话"
    case .words: "遮盖后的内容"
    case .photos: "照片"
    case .inspectionPhotos: "检查照片"
    case .ratings: "评价原话"
    case .importRows: "未导入的行"
    case .importFiles: "导入的表格"
    case nil: "其他"
    }
  }
  static func count(_ number: Int) -> HTML {
    number >= RetentionOutlook.most ? "\(UI.grouped(RetentionOutlook.most)) 以上" : number == 0 ? "没有" : "\(UI.grouped(number))"
  }
  static func tag(_ request: ErasureRequest) -> HTML {
    switch request.state {
    case .asked: UI.tag(request.state.chinese, .action)
    case .agreed: request.doneAt == nil ? UI.tag("正在删除", .soon) : UI.tag("已删除", .good)
    case .refused: UI.tag(request.state.chinese, .quiet)
    }
  }
  static func tabs(_ on: String) -> HTML {
    UI.tabs(
      "个人信息保存与删除",
      [
        .init("保存期限", "/retention", on: on == "rules"), .init("删除申请", "/retention/requests", on: on == "requests"),
        .init("已经删除的", "/retention/erased", on: on == "erased"),
      ])
  }
}
