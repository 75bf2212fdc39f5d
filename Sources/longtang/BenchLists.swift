import Foundation
import Kernel
import Matters
import People
import Pilot
import Synchronization

/// The lists people open all day, asked of the rooms as the pages ask them.
struct BenchLists {
  let matters: Matters
  let yard: PilotYard
  let size: Int
  let now: Moment

  struct Question: Sendable {
    let name: String
    /// Milliseconds that 99 of 100 should stay under.
    let aim: Double
    let ask: @Sendable (Int) async throws -> Int
  }
  struct Answer: Sendable {
    let name: String
    /// Nil where nothing was asked for.
    let aim: Double?
    let middle: Double
    let most: Double
    let found: Int
    /// What was found so many of; empty for rows.
    var unit = ""
  }

  var questions: [Question] {
    let matters = matters
    func list(
      _ name: String, _ person: Person, _ group: MatterFilter.Group, _ order: MatterFilter.Order = .newest,
      _ change: (inout MatterFilter) -> Void = { _ in }
    ) -> Question {
      var filter = MatterFilter()
      filter.group = group
      filter.order = order
      change(&filter)
      let wanted = filter
      return Question(name: name, aim: 20) { _ in try await matters.list(wanted, for: person).matters.count }
    }
    func search(_ name: String, _ person: Person, _ words: [String]) -> Question {
      Question(name: name, aim: 50) { turn in
        var filter = MatterFilter()
        filter.group = .all
        filter.words = words[turn % words.count]
        return try await matters.list(filter, for: person).matters.count
      }
    }
    let compound = yard.compound
    let halfway = MatterCursor(key: 0, id: IdentifierSource.floor(of: now.day.adding(days: -PilotYard.days(of: size) / 2).start))
    return [
      Question(name: "今日页（中队长）", aim: 30) { [leader = yard.leader] _ in
        try await matters.agenda(for: leader).parts.reduce(0) { $0 + $1.matters.count }
      },
      Question(name: "一个事项的全部（办理中）", aim: 20) { [leader = yard.leader] turn in
        let open = try await Self.open(matters, leader)
        return try await matters.file(open[turn % open.count].no, for: leader).reports.count
      },
      Question(name: "办一步（记一次核查）", aim: 50) { [leader = yard.leader] turn in
        let open = try await Self.open(matters, leader)
        return try await matters.visit(
          open[turn % open.count].no, NewVisit(outcome: .noOneHome, note: "上门无人，已留联系单。"), version: nil, by: leader
        ).reports
      },
      Question(name: "翻到一半处：市，全部", aim: 20) { [city = yard.city] _ in
        var filter = MatterFilter()
        filter.group = .all
        return try await matters.list(filter, for: city, after: halfway).matters.count
      },
      Question(name: "翻到一半处：中队，全部", aim: 20) { [leader = yard.leader] _ in
        var filter = MatterFilter()
        filter.group = .all
        return try await matters.list(filter, for: leader, after: halfway).matters.count
      },
      list("队员：待我办", yard.officer, .todo, .due), list("中队长：办理中", yard.leader, .open),
      list("中队长：办理中，按期限", yard.leader, .open, .due), list("中队长：待我办", yard.leader, .todo),
      list("派单员（区）：办理中", yard.dispatcher, .open), list("派单员（区）：待派单", yard.dispatcher, .dispatch),
      list("派单员（区）：已超期", yard.dispatcher, .overdue, .due), list("区局：全部", yard.manager, .all),
      list("市局：办理中，按期限", yard.city, .open, .due),
      list("筛选：区 + 飞线充电 + 办理中", yard.dispatcher, .open) { $0.item = "flying-wire-charging" },
      list("筛选：市 + 承重墙 + 全部", yard.city, .all) { $0.item = "load-bearing-damage" },
      list("筛选：市 + 少见事项 + 办理中", yard.city, .open) { $0.item = "lease-not-filed" },
      list("筛选：区 + 少见事项 + 已办结", yard.manager, .closed) { $0.item = "tree-relocation" },
      list("筛选：一个小区的全部", yard.leader, .all) { $0.compound = compound.id },
      list("筛选：紧急 + 办理中", yard.leader, .open) { $0.urgentOnly = true },
      Question(name: "页签计数（中队 8 组）", aim: 20) { [leader = yard.leader] _ in
        try await matters.counts([.open, .todo, .dispatch, .review, .revisit, .overdue, .hung, .transferred], for: leader).count
      },
      Question(name: "页签计数（市 8 组）", aim: 20) { [city = yard.city] _ in
        try await matters.counts([.open, .todo, .dispatch, .review, .revisit, .overdue, .hung, .transferred], for: city).count
      },
      search("全文：市，常见词", yard.city, ["飞线充电", "承重墙", "电瓶车", "垃圾"]),
      search("全文：区，常见词", yard.dispatcher, ["飞线充电", "承重墙", "电瓶车", "垃圾"]),
      search("全文：中队，常见词", yard.leader, ["飞线充电", "承重墙", "电瓶车", "垃圾"]),
      search("全文：中队，两词", yard.leader, ["电瓶车 充电", "阳台 卫生间", "香樟 砍", "隔断 出租"]),
      search("全文：小区名", yard.city, [compound.name]), search("全文：中队，查不到的词", yard.leader, ["直升机停机坪", "核潜艇"]),
    ]
  }

  /// What a leader may visit; the time to find it is not that of the step, so it is found once.
  private static func open(_ matters: Matters, _ leader: Person) async throws -> [Matter] {
    if let known = found.withLock({ $0[leader.id] }) { return known }
    var filter = MatterFilter()
    filter.group = .open
    let working = try await matters.list(filter, for: leader, limit: 200).matters.filter { [.accepted, .found].contains($0.state) }
    guard !working.isEmpty else { throw BenchTrouble(what: "the squad has nothing in hand") }
    found.withLock { $0[leader.id] = working }
    return working
  }
  private static let found = Mutex<[Person.ID: [Matter]]>([:])

  func run(times: Int) async throws -> [Answer] {
    // Each round has a city of its own.
    Self.found.withLock { $0 = [:] }

    var out: [Answer] = []
    for question in questions {
      var taken: [Double] = []
      var found = 0
      for turn in 0..<(times + 4) {
        let begun = ContinuousClock.now
        found = try await question.ask(turn)
        // The first ones warm the cache, as the first visitor of the morning does.
        if turn >= 4 { taken.append(begun.duration(to: .now) / .milliseconds(1)) }
      }
      out.append(Answer(name: question.name, aim: question.aim, middle: taken.quantile(0.5), most: taken.quantile(0.99), found: found))
    }
    return out
  }
}

extension [Double] {
  func quantile(_ q: Double) -> Double {
    guard !isEmpty else { return 0 }
    let sorted = sorted()
    return sorted[Swift.min(count - 1, Int((Double(count) * q).rounded(.down)))]
  }
}
