import Kernel
import Matters
import People
import WebSupport

/// Where each step of the loop has its page, and how it looks in the panel. The step itself, and who may do it when, is the room's table.
struct StepPlace: Sendable {
  let event: MatterEvent
  /// The last piece of the address: `/matters/{no}/acceptance`.
  let noun: String
  let icon: Icon
  let hint: String
  /// The coarsest permission that all who may take the step have; the table decides the rest.
  let permission: Permission
  /// Short enough to open in place on the matter's page; otherwise it has a page of its own.
  let inPlace: Bool
  let photos: Bool

  init(
    _ event: MatterEvent, _ noun: String, _ icon: Icon, _ hint: String, _ permission: Permission, inPlace: Bool = true, photos: Bool = false
  ) {
    self.event = event
    self.noun = noun
    self.icon = icon
    self.hint = hint
    self.permission = permission
    self.inPlace = inPlace
    self.photos = photos
  }

  /// In the order of the panel: what moves the matter on comes first.
  static let all: [StepPlace] = [
    .init(.dispatch, "dispatch", .send, "派给属地执法队", .dispatchMatters),
    .init(.accept, "acceptance", .check, "本队办理，从现在起由本队负责", .handleMatters),
    .init(.contact, "contacts", .phone, "每件诉件各联系一次，联系不上也要记", .handleMatters),
    .init(.visit, "visits", .walk, "记录现场情况，附照片", .handleMatters, inPlace: false, photos: true),
    .init(.find, "findings", .law, "事实和诉求分别认定", .handleMatters, inPlace: false),
    .init(.measure, "measures", .hand, "对谁、做了什么、何时完成", .handleMatters, inPlace: false, photos: true),
    .init(.reply, "reply", .chat, "写给来电人，由中队长审核", .handleMatters, inPlace: false),
    .init(.approve, "approval", .check, "通过后即答复每一位来电人", .leadMatters),
    .init(.sendBack, "return", .back, "写明要补充什么", .leadMatters),
    .init(.revisit, "revisits", .phone, "问来电人是否解决、是否满意", .dispatchMatters),
    .init(.close, "closing", .seal, "仍有不满意时，写明理由后办结", .dispatchMatters),
    .init(.decideDelay, "delay-decision", .calendar, "批准或不同意队员的延期申请", .leadMatters),
    .init(.reviewUnreasonable, "unreasonable-review", .flag, "复核队员的提请", .leadMatters),
    .init(.resume, "resumption", .refresh, "条件已具备，时限继续计算", .leadMatters),
    .init(.answerTransfer, "transfer-answer", .chat, "接收部门的答复，同时答复来电人", .dispatchMatters),
    .init(.takeBack, "transfer-withdrawal", .back, "部门退回，重新派单", .dispatchMatters),
    .init(.assign, "assignment", .person, "指定或更换办理队员", .leadMatters),
    .init(.object, "objection", .back, "不属本队的退回派单员，至多三次", .handleMatters),
    .init(.askDelay, "delay", .calendar, "由中队长审批", .handleMatters),
    .init(.hang, "hanging", .pause, "暂时无法处置，时限暂停", .leadMatters),
    .init(.coHandle, "co-handling", .people, "请另一支执法队协助", .dispatchMatters),
    .init(.transfer, "transfer", .exit, "不属本部门职责的移送主管部门", .dispatchMatters, inPlace: false),
    .init(.flagUnreasonable, "unreasonable", .flag, "写明事实和依据，由中队长复核", .handleMatters),
    .init(.correct, "correction", .pencil, "识别有误时更正，系统会记住", .correctUnderstanding, inPlace: false),
    .init(.merge, "merging", .merge, "与另一事项是同一件事", .dispatchMatters, inPlace: false),
    .init(.split, "split", .link, "其中一件诉件说的是别的事", .dispatchMatters),
    .init(.urge, "urge", .bell, "提醒承办队和办理人", .seeMatters),
    .init(.supervise, "supervision", .flag, "单独计时，限期报告", .superviseMatters),
    .init(.reopen, "reopening", .refresh, "问题仍在，重新办理", .dispatchMatters),
  ]
  private static let byEvent = Dictionary(uniqueKeysWithValues: all.map { ($0.event, $0) })
  static func place(of event: MatterEvent) -> StepPlace? { byEvent[event] }

  /// Forms of several steps stand on one page, so every field carries its step's name.
  func name(_ field: String) -> String { field == "photos" ? field : "\(noun)-\(field)" }
  func address(_ no: String) -> String { MatterWords.address(no, noun) }
}
