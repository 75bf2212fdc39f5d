import Cases
import Catalogue
import ClockBook
import Foundation
import Intake
import Kernel
import Matters
import Offices
import People
import Storage
import WorkCalendar

/// Cases at work in two squads, driven through the real commands: one at each desk, some at their end.
struct PilotCases {
  let cases: Cases
  let plan: PilotPlan
  let clock: PilotClock
  let now: Moment
  let photos: [Int: [ReportFile]]
  private var calendar: WorkCalendar { cases.clocks.calendar }

  private enum Hand { case officer, leader, reviewer, head }
  /// One step: so many working days ago, at an hour.
  private struct Turn {
    let ago: Int
    let hour: Int
    let event: CaseEvent
    let said: [String: String]
    let by: Hand
    init(_ ago: Int, _ hour: Int, _ event: CaseEvent, _ said: [String: String] = [:], by: Hand = .officer) {
      (self.ago, self.hour, self.event, self.said, self.by) = (ago, hour, event, said, by)
    }
  }

  func run() async throws {
    let squads = plan.squads.filter { $0.district.code == "310118" && $0.officers.count > 2 && !$0.leaders.isEmpty }
    clock.set(day(60).at(hour: 9))
    for (index, squad) in squads.enumerated() {
      for (i, person) in (squad.leaders + squad.officers).enumerated() {
        try await cases.note(
          certificate: "沪Q\((index + 1).padded(2))\((i + 1).padded(3))", until: now.day.adding(days: 365 * 2 + i), of: person.id,
          by: squad.leaders[0])
      }
    }
    for (index, squad) in squads.prefix(3).enumerated() {
      let (reviewer, head) = try await cases.house.store.read { db in
        let there = try PersonStore.active(in: squad.office.id, roles: [.legalReviewer, .agencyHead], db)
        return (there.first { $0.role == .legalReviewer }, there.first { $0.role == .agencyHead })
      }
      guard let reviewer, let head else { continue }
      let place = plan.compounds.first { plan.squads[$0.squad].office.id == squad.office.id }
      for story in stories.prefix(index == 0 ? 6 : 2) { try await play(story, squad, place, reviewer, head) }
    }
    clock.set(now)
  }

  private func day(_ workdaysAgo: Int) -> Day {
    var (day, left) = (now.day, workdaysAgo)
    while left > 0 {
      day = day.adding(days: -1)
      if calendar.isWorkday(day) { left -= 1 }
    }
    return day
  }

  private func play(_ story: Story, _ squad: PilotSquad, _ place: PilotCompound?, _ reviewer: Person, _ head: Person) async throws {
    clock.set(moment(story.ago, 9))
    let officer = squad.officers[0]
    var new = NewCase(
      item: story.item, procedure: story.procedure, foundOn: clock.now.day, place: "\(place?.name ?? squad.office.short)\(story.door)")
    new.compound = place?.id
    new.note = story.note
    let no = try await cases.open(new, by: officer).no
    for (index, turn) in story.turns.enumerated() {
      clock.set(moment(turn.ago, turn.hour))
      let person =
        switch turn.by {
        case .officer: officer
        case .leader: squad.leaders[0]
        case .reviewer: reviewer
        case .head: head
        }
      var values = turn.said.mapValues { [$0] }
      if turn.event == .assign { values["officers"] = squad.officers.prefix(2).map { $0.id.description } }
      if turn.event == .inspect || turn.event == .inquire { values["present"] = squad.officers.prefix(2).map { $0.id.description } }
      // Days are told from the clock: the planted past has no fixed dates.
      for (name, texts) in values { values[name] = texts.map { told($0) } }
      if turn.event == .collect {
        try await cases.add(exhibits(of: story, seen: turn.said["note"] ?? story.note), to: no, by: person)
      } else {
        try await cases.step(turn.event, CaseSaid(values), on: no, version: nil, by: person)
      }
      // What the last step of a case under way left is still being written.
      let later = story.turns[(index + 1)...]
      guard !later.isEmpty || turn.event == .close else { break }
      for paper in try await cases.papers(of: no, for: person)
      where paper.state == .draft
        && (turn.event.papersAhead.contains(paper.kind)
          || turn.event.papers.contains(paper.kind) && !later.contains(where: { $0.event.papers.contains(paper.kind) }))
      {
        try await cases.issue(
          paper.id, of: no, texts: Self.filled.merging(paper.texts) { $1.isEmpty || $1.contains("【待填") ? $0 : $1 },
          version: nil, by: person)
      }
    }
  }
  /// What the officers write themselves: the case cannot know it.
  private static let filled = [
    "signing": "当事人在场，核对无误后签名。", "method": "直接送达", "taken": "不予采纳。", "bank": "演示银行（演示数据，没有这家银行）",
  ]

  private func exhibits(of story: Story, seen: String) -> [NewExhibit] {
    let drawn = (photos[PilotPhotos.scene(of: story.item).rawValue] ?? []).enumerated().map { index, photo in
      var new = NewExhibit(
        .photo, title: "现场照片（\(index + 1)）", proves: seen,
        file: ExhibitFile(
          original: photo.original, mediaType: photo.mediaType, kind: .photo, shown: photo.publicCopy, thumbnail: photo.thumbnail))
      new.madeAt = clock.now
      return new
    }
    guard let measured = story.measured else { return drawn }
    var new = NewExhibit(.measurement, title: measured.title, proves: seen)
    new.madeAt = clock.now
    new.measure = ExhibitMeasure(value: measured.value, unit: measured.unit, instrument: "激光测距仪（演示）")
    return drawn + [new]
  }
  private func moment(_ ago: Int, _ hour: Int) -> Moment { min(day(ago).at(hour: hour, minute: 20), now) }
  /// "@now" is the moment of the step, "@day" its day, "@+20" twenty days later.
  private func told(_ text: String) -> String {
    if text == "@now" { return "\(clock.now.day.iso)T\(clock.now.clockText)" }
    if text == "@day" { return clock.now.day.iso }
    if text.hasPrefix("@+"), let days = Int(text.dropFirst(2)) { return clock.now.day.adding(days: days).iso }
    return text
  }

  private struct Story {
    let item: String
    let procedure: CaseProcedure
    let ago: Int
    let door: String
    let note: String
    var measured: (title: String, value: String, unit: String)?
    let turns: [Turn]
  }

  private static func party(_ name: String) -> [String: String] {
    ["kind": "individual", "name": name, "address": "同发生地", "age": "45"]
  }
  private static func opening(_ ago: Int, _ name: String, _ seen: String) -> [Turn] {
    [
      Turn(ago, 10, .assign, by: .leader), Turn(ago, 11, .identifyParty, party(name)), Turn(ago, 14, .askFiling, ["note": seen]),
      Turn(ago - 1, 10, .approveFiling, by: .leader), Turn(ago - 2, 10, .inspect, ["place": "当事人住处", "note": seen]),
      Turn(ago - 2, 14, .inquire, ["asked": name, "note": "问：何时开始施工？答：上月。问：有无批准文件？答：没有。"]),
      Turn(ago - 2, 15, .collect, ["note": "证明现状、位置和尺寸。"]),
      Turn(ago - 2, 16, .orderCorrection, ["until": "@+10", "note": "恢复原状。"]),
    ]
  }

  private var stories: [Story] {
    [
      Story(
        item: "load-bearing-damage", procedure: .ordinary, ago: 12, door: "18号202室", note: "装修巡查发现拆墙。",
        measured: ("洞口宽度", "1.2", "米"),
        turns: Self.opening(12, "陈国强", "客厅与厨房之间的承重墙开洞，宽约一米二。") + [
          Turn(8, 10, .conclude, ["note": "事实清楚，证据充分，经检测为承重墙。"]),
          Turn(7, 10, .propose, ["fine": "60000", "note": "破坏一处，尚未恢复，建议处罚款六万元。"]), Turn(7, 15, .askReview),
        ]),
      Story(
        item: "residential-to-commercial", procedure: .ordinary, ago: 0, door: "6号101室", note: "居民反映一楼开设棋牌室。", turns: []),
      Story(
        item: "facade-damage", procedure: .ordinary, ago: 30, door: "3号502室", note: "投诉反映外墙开门。",
        measured: ("门洞宽度", "0.9", "米"),
        turns: Self.opening(30, "王丽华", "北侧外墙新开门洞一处，宽零点九米。") + [
          Turn(20, 10, .reviewCorrection, ["corrected": "no", "note": "到期未恢复。"]), Turn(19, 10, .conclude, ["note": "事实清楚，逾期未改正。"]),
          Turn(18, 10, .propose, ["fine": "3000", "note": "逾期未恢复，建议罚款三千元。"]), Turn(18, 15, .giveNotice, ["served": "@now"]),
          Turn(16, 10, .hearStatement, ["note": "当事人称为通风需要。", "answer": "不属法定免责情形，不予采纳。"]), Turn(11, 10, .endNotice),
        ]),
      Story(
        item: "kitchen-bathroom-conversion", procedure: .ordinary, ago: 26, door: "12号301室", note: "楼下渗水投诉。",
        turns: Self.opening(26, "周晓明", "北阳台改为卫生间，已装坐便器。") + [
          Turn(22, 10, .reviewCorrection, ["corrected": "yes", "note": "已拆除坐便器并封堵排污口。"]),
          Turn(22, 14, .takeFastTrack, ["written": "yes", "clear": "yes", "admits": "yes", "agrees": "yes", "correcting": "yes"]),
          Turn(21, 10, .conclude, ["note": "事实清楚，当事人认错认罚，已整改。"]),
          Turn(21, 11, .propose, ["fine": "500", "note": "主动整改，建议罚款五百元。"]), Turn(21, 14, .giveNotice, ["served": "@now"]),
          Turn(20, 10, .waive, ["note": "书面放弃陈述申辩。"]), Turn(20, 11, .endNotice),
          Turn(19, 10, .decide, ["fine": "500", "note": "同意。"], by: .leader),
          Turn(19, 15, .serve, ["method": "direct", "on": "@day", "servers": "2"]),
          Turn(17, 10, .pay, ["amount": "500", "receipt": "演示0001"]),
          Turn(16, 10, .publish), Turn(15, 10, .close, by: .leader),
        ]),
      Story(
        item: "flying-wire-charging", procedure: .simple, ago: 3, door: "9号楼道口", note: "巡查发现飞线充电。",
        turns: [
          Turn(3, 9, .assign, by: .leader), Turn(3, 10, .identifyParty, Self.party("李志刚")),
          Turn(3, 10, .collect, ["note": "飞线现状。"]), Turn(3, 10, .orderCorrection, ["note": "立即收线。"]),
          Turn(3, 11, .decideOnSpot, ["fine": "50", "note": "违法事实确凿。", "told": "yes"]),
          Turn(3, 11, .pay, ["amount": "50", "receipt": "演示0002"]),
          Turn(3, 11, .reviewCorrection, ["corrected": "yes", "note": "当场收线。"]),
        ]),
      Story(
        item: "illegal-construction", procedure: .illegalBuilding, ago: 6, door: "1号101室天井", note: "天井内搭建阳光房。",
        measured: ("搭建面积", "12", "平方米"),
        turns: Self.opening(6, "黄建平", "天井内彩钢结构阳光房，约十二平方米。") + [
          Turn(3, 15, .askAssistance, ["department": "dept-planning", "note": "请认定是否属于违法建筑。"])
        ]),
    ]
  }
}
