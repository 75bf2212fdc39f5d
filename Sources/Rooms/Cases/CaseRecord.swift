import Kernel
import Offices
import People
import Storage

/// A case as it stands in the store: its file, and what lists and pages need beside it.
public struct CaseRecord: Sendable {
  public typealias ID = Identifier<CaseRecord>
  public let id: ID
  /// "C20261121-000003", gap-free within a day; the filing's own number comes with its approval.
  public let no: String
  public let file: CaseFile
  /// "破坏承重结构 · 元邑小城"
  public let title: String
  public let placeText: String
  public let matterNo: String?
  public let compound: Int64?
  public let compoundName: String?
  public let squad: Office.ID
  public let squadName: String
  public let district: Office.ID?
  /// Whose decision it is: the street behind the squad, or the district bureau.
  public let organ: Office.ID
  public let organName: String
  public let partyName: String?
  /// "沪青徐泾管立〔2026〕12号"
  public let filingNo: String?
  public let openedAt: Moment
  public let closedAt: Moment?
  /// The earliest due moment of its running clocks.
  public let due: Moment?
  public let version: Int
  public let updatedAt: Moment
  public var state: CaseState { file.state }
  var subject: Subject { Subject("case", id) }

  /// What a person is in this case: by their post, and by handling it. The first that a step's table knows is the one in which they take it.
  public func roles(of person: Person) -> [CaseRole] {
    switch person.role {
    // Of a squad that has joined, whom it has named may help; its others look on.
    case .officer where person.office != squad, .squadLeader where person.office != squad:
      file.isCoHandled(by: person.id.raw) ? [.coHandler] : []
    case .officer: [.officer]
    // Who leads the squad may handle a case too, and is then its officer; the guards keep them from approving what they asked for.
    case .squadLeader: file.officers.contains { $0.account == person.id.raw } ? [.leader, .officer] : [.leader]
    // Both act for the organ whose case it is, and for no other.
    case .legalReviewer: person.office == organ ? [.reviewer] : []
    case .agencyHead: person.office == organ ? [.head] : []
    default: []
    }
  }
}

/// Who is charged, as the papers name them.
public struct CasePartyCard: Sendable {
  public let kind: CaseParty.Kind
  public let name: String
  public let address: String?
  public let representative: String?
  /// "310118**********12", or nothing when none was noted.
  public let idHint: String?
}

/// One step that was taken, with the words that came with it.
public struct CaseStepSheet: Sendable {
  public let sequence: Int
  public let at: Moment
  public let who: String
  public let role: CaseRole
  public let act: CaseAct
  /// Fields that the file does not keep: places, names of those asked, receipts.
  public let said: [String: String]
  public let note: String?
  public var event: CaseEvent { act.event }
}

extension CaseState {
  /// Still to be worked on. What is closed waits for the archive only.
  public var isOpen: Bool { ![.closed, .archived, .notFiled, .transferred, .terminated].contains(self) }
}
