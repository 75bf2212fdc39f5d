import Figures
import Foundation
import Grades
import HotSpots
import Kernel
import Lookups
import Matters
import Patterns
import People
import Pilot
import Storage

/// The pages of numbers over the socket, as an officer and those who lead a squad, a district and the city open them all day; and each of
/// them once more as the first visitor after a round of counting finds it.
struct BenchPages {
  let round: BenchRound
  let yard: PilotYard
  let composition: Composition

  struct Page: Sendable {
    let name: String
    let person: Person
    let path: String
    /// Milliseconds that 99 of 100 should stay under; nil where nothing was asked for.
    let aim: Double?
  }

  var pages: [Page] {
    let today = composition.house.now().day
    let old = Month(today).adding(-23)
    let from = "\(old.year)-\(old.number.padded(2))"
    var out: [Page] = []
    for (who, person) in [("中队", yard.leader), ("区", yard.manager), ("市", yard.city)] {
      out += [
        Page(name: "总览：\(who)", person: person, path: "/dashboard", aim: 200),
        Page(name: "地图：\(who)", person: person, path: "/map", aim: 200),
        Page(name: "指标：\(who)，六个月", person: person, path: "/figures", aim: 200),
        Page(name: "反复投诉：\(who)", person: person, path: "/patterns", aim: 200),
        Page(name: "热点：\(who)", person: person, path: "/hotspots", aim: 200),
        Page(name: "分级：\(who)", person: person, path: "/grades", aim: 200),
        Page(name: "交叉统计：\(who)，诉件一年，事项 × 月份", person: person, path: "/lookups", aim: 200),
      ]
    }
    return out + [
      Page(name: "总览：队员本人", person: yard.officer, path: "/dashboard", aim: 200),
      Page(name: "总览：市，去年同月", person: yard.city, path: "/dashboard?month=\(from)", aim: 200),
      Page(name: "地图：市，一个事项", person: yard.city, path: "/map?item=flying-wire-charging", aim: 200),
      Page(name: "指标：市，二十四个月", person: yard.city, path: "/figures?from=\(from)", aim: 200),
      Page(name: "指标：市，一项", person: yard.city, path: "/figures/on-time", aim: 200),
      Page(name: "指标点开：市，有效投诉", person: yard.city, path: "/figures/rows?count=complaints", aim: 200),
      Page(name: "指标点开：市，少见的", person: yard.city, path: "/figures/rows?count=unreasonable", aim: 200),
      Page(name: "交叉统计：市，事项一年，区 × 状态", person: yard.city, path: "/lookups?subject=matters&rows=district&columns=state", aim: 200),
      Page(
        name: "交叉统计点开：市，少见的", person: yard.city, path: "/lookups/rows?item=pet-feces&satisfaction=dissatisfied&channel=committee", aim: 200),
      Page(name: "小区一年：档案页", person: yard.leader, path: "/compounds/\(yard.compound.no)", aim: 200),
    ]
  }

  /// How often the first visit after a round is measured.
  static let rounds = 12
  /// A page is asked for no longer than this, but at least twenty times.
  static let patience = Duration.seconds(10)

  func run() async throws -> (pages: [BenchLists.Answer], figures: [(String, String, String)]) {
    var cookies: [Person.ID: String] = [:]
    for page in pages where cookies[page.person.id] == nil {
      let session = try await SignIn.signIn(
        login: page.person.login, password: Pilot.password, address: "127.0.0.1", in: composition.house)
      cookies[page.person.id] = "Cookie: longtang=\(session.token)"
    }
    let server = try BenchServer(round.place, port: 18_419)
    defer { server.stop() }
    // Its own night's rounds are over then as well.
    _ = try await server.settled()
    let client = try BenchClient(port: server.port)
    func ask(_ page: Page) throws -> (milliseconds: Double, bytes: Int) {
      let begun = ContinuousClock.now
      let answer = try client.send("GET", page.path, headers: cookies[page.person.id].map { [$0] } ?? [])
      guard answer.status == 200 else { throw BenchTrouble(what: "GET \(page.path): \(answer.status)") }
      return (begun.duration(to: .now) / .milliseconds(1), answer.body.utf8.count)
    }
    let (first, rounds, work) = try await firstVisits(ask)
    var out: [BenchLists.Answer] = []
    for (index, page) in pages.enumerated() {
      var times: [Double] = []
      var bytes = 0
      let begun = ContinuousClock.now
      for turn in 0..<(round.options.times + 2) {
        let one = try ask(page)
        bytes = one.bytes
        if turn >= 2 { times.append(one.milliseconds) }
        if times.count >= 20, begun.duration(to: .now) > Self.patience { break }
      }
      out.append(Self.answer(page, "", times, bytes))
      out.append(Self.answer(page, "（统计后首次，最慢的）", first[index], bytes))
    }
    return (
      out,
      [
        (
          "一轮统计，有事项变动（中位 / 最长 / 处理器）",
          "\(BenchTables.number(rounds.quantile(0.5))) / \(BenchTables.number(rounds.max() ?? 0)) 秒 / \(BenchTables.number(work)) 秒",
          "300 秒一轮"
        )
      ]
    )
  }

  /// Something happens, the counts are brought up to date, and every page is opened once.
  /// - Returns: milliseconds by page; seconds of each round, and of processor time in the middle one.
  private func firstVisits(_ ask: (Page) throws -> (milliseconds: Double, bytes: Int)) async throws -> (
    [[Double]], [Double], work: Double
  ) {
    var times = pages.map { _ in [Double]() }
    var rounds: [Double] = []
    var works: [Double] = []
    var filter = MatterFilter()
    filter.group = .open
    let matters = composition.matters
    let working = try await matters.list(filter, for: yard.leader, limit: 200).matters.filter { [.accepted, .found].contains($0.state) }
    guard !working.isEmpty else { throw BenchTrouble(what: "the squad has nothing in hand") }
    for turn in 0..<Self.rounds {
      _ = try await matters.visit(
        working[turn % working.count].no, NewVisit(outcome: .noOneHome, note: "上门无人，已留联系单。"), version: nil, by: yard.leader)
      let (begun, before) = (ContinuousClock.now, BenchCommand.processorSeconds)
      _ = try await composition.figures.count()
      _ = try await composition.lookups.keep()
      rounds.append(begun.duration(to: .now) / .seconds(1))
      works.append(BenchCommand.processorSeconds - before)
      for (index, page) in pages.enumerated() { times[index].append(try ask(page).milliseconds) }
    }
    return (times, rounds, works.quantile(0.5))
  }
  private static func answer(_ page: Page, _ which: String, _ times: [Double], _ bytes: Int) -> BenchLists.Answer {
    BenchLists.Answer(
      name: "页 \(page.name)\(which)", aim: page.aim, middle: times.quantile(0.5),
      most: which.isEmpty ? times.quantile(0.99) : times.max() ?? 0,
      found: bytes >> 10, unit: "KB")
  }
}

/// What the night reckons, one after the other as the worker does, though nobody else is there.
struct BenchNight {
  let composition: Composition

  func run() async throws -> [(String, String, String)] {
    var out: [(String, String, String)] = []
    var (whole, work) = (0.0, 0.0)
    func timed(_ name: String, _ body: () async throws -> Void) async throws {
      let (begun, before) = (ContinuousClock.now, BenchCommand.processorSeconds)
      try await body()
      let (seconds, worked) = (begun.duration(to: .now) / .seconds(1), BenchCommand.processorSeconds - before)
      whole += seconds
      work += worked
      out.append(("夜间：\(name)", "\(BenchTables.number(seconds)) 秒（处理器 \(BenchTables.number(worked)) 秒）", ""))
    }
    try await timed("反复投诉") { _ = try await composition.patterns.run() }
    try await timed("热点") { _ = try await composition.hotspots.run() }
    try await timed("分级和检查计划") { try await composition.grades.night() }
    out.append(("夜间：合计", "\(BenchTables.number(whole)) 秒（处理器 \(BenchTables.number(work)) 秒）", "300 秒"))
    return out
  }
}
