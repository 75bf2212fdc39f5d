import Cases
import Foundation
import Kernel
import Offices
import People
import Pilot
import Storage
import Typesetting

/// Cases: a step with everything that hangs on it, the page of one with two hundred exhibits, papers on paper, and the bell.
struct BenchCases {
  let round: BenchRound
  let yard: PilotYard
  let composition: Composition
  typealias Figure = (String, String, String)
  private var house: House { composition.house }
  private var cases: Cases { composition.cases }

  func run() async throws -> [Figure] {
    let pair = try await officers()
    var out = try await steps(pair)
    out += try await exhibits(pair)
    if round.isFirst { out += try await papers() }
    out += try await BenchBell(round: round, composition: composition).run()
    return out
  }

  /// Two of the leader's squad, each with a certificate: 行政处罚法第四十二条.
  private func officers() async throws -> [Person] {
    guard let squad = yard.leader.office else { throw BenchTrouble(what: "the leader has no squad") }
    let all = try await house.store.read { db in try PersonStore.active(in: squad, roles: [.officer], db) }
    guard all.count >= 2 else { throw BenchTrouble(what: "the squad has one officer only") }
    for (index, person) in all.prefix(2).enumerated() {
      try await cases.note(
        certificate: "沪B0000\(index + 1)", until: house.now().day.adding(days: 700), of: person.id, by: yard.leader)
    }
    return Array(all.prefix(2))
  }

  /// Each case from its lead to the order to correct; each step is one transaction with its guards, words, clocks, papers and journal.
  private func steps(_ pair: [Person]) async throws -> [Figure] {
    let both = pair.map { String($0.id.raw) }
    let today = house.now().day
    let course: [(event: CaseEvent, said: [String: [String]], isLeaders: Bool)] = [
      (.assign, ["officers": both], true),
      (
        .identifyParty,
        ["kind": ["individual"], "name": ["王建国"], "address": ["盈港东路8900弄12号301室"], "id-number": ["310118199001011234"], "age": ["36"]],
        false
      ),
      (.askFiling, ["note": ["外墙开凿门洞，面积2.52平方米。"]], false), (.approveFiling, ["note": ["同意。"]], true),
      (.inspect, ["present": both, "place": ["12号南立面"], "note": ["门洞宽1.2米、高2.1米。"]], false),
      (.collect, [:], false),
      (.orderCorrection, ["until": [today.adding(days: 15).iso], "note": ["恢复外墙原状。"]], false),
    ]
    var times: [Double] = []
    for turn in 0..<round.options.times {
      var new = NewCase(item: "facade-damage", procedure: .ordinary, foundOn: today, place: "盈港东路8900弄\(turn + 1)号南立面")
      new.note = "巡查发现外墙被开凿门洞。"
      let no = try await cases.open(new, by: pair[0]).no
      for one in course {
        let begun = ContinuousClock.now
        if one.event == .collect {
          // The step is taken with what is entered.
          var width = NewExhibit(.measurement, title: "门洞宽度", proves: "门洞的位置和尺寸")
          (width.madeAt, width.measure) = (house.now(), ExhibitMeasure(value: "1.2", unit: "米", instrument: "钢卷尺 01"))
          try await cases.add([width], to: no, by: pair[0])
        } else {
          try await cases.step(one.event, CaseSaid(one.said), on: no, version: nil, by: one.isLeaders ? yard.leader : pair[0])
        }
        // The first cases warm the cache.
        if turn >= 4 || round.options.times <= 4 { times.append(begun.duration(to: .now) / .milliseconds(1)) }
      }
    }
    return [
      (
        "案件办一步（条件、时限、文书起草、留痕；p50 / p99）",
        "\(BenchTables.number(times.quantile(0.5))) / \(BenchTables.number(times.quantile(0.99))) ms（\(times.count) 步）", "p99 15 ms"
      )
    ]
  }

  /// Read by a signed-in officer's browser over the socket, HTML and all.
  private func exhibits(_ pair: [Person]) async throws -> [Figure] {
    let now = house.now()
    let no = try await cases.open(
      NewCase(item: "facade-damage", procedure: .ordinary, foundOn: now.day, place: "盈港东路8900弄1号"), by: pair[0]
    ).no
    try await cases.step(
      .assign, CaseSaid(["officers": pair.map { String($0.id.raw) }]), on: no, version: nil, by: yard.leader)
    var all: [NewExhibit] = []
    for number in 1...200 {
      // The pages only name the pictures; what is in them does not matter here.
      let file = try house.vault.keep(Data("bench picture \(number)".utf8))
      var new = NewExhibit(
        .photo, title: "现场照片\(number)", proves: "外墙被开凿门洞的位置和尺寸",
        file: ExhibitFile(original: file, mediaType: "image/jpeg", kind: .photo, shown: file.sha256, thumbnail: file.sha256))
      new.madeAt = now
      all.append(new)
    }
    try await cases.add(all, to: no, by: pair[0])
    let session = try await SignIn.signIn(login: pair[0].login, password: Pilot.password, address: "127.0.0.1", in: house)
    let server = try BenchServer(round.place, port: 18_418)
    defer { server.stop() }
    let client = try BenchClient(port: server.port)
    var out: [Figure] = []
    for (name, path) in [("案件页", "/cases/\(no)"), ("证据页", "/cases/\(no)/exhibits")] {
      var times: [Double] = []
      var size = 0
      for turn in 0..<(round.options.times + 4) {
        let begun = ContinuousClock.now
        let answer = try client.send("GET", path, headers: ["Cookie: longtang=\(session.token)"])
        guard answer.status == 200, answer.body.contains(no) else { throw BenchTrouble(what: "GET \(path): \(answer.status)") }
        size = answer.body.utf8.count
        if turn >= 4 { times.append(begun.duration(to: .now) / .milliseconds(1)) }
      }
      out.append(
        (
          "\(name)，200 件证据（p50 / p99）",
          "\(BenchTables.number(times.quantile(0.5))) / \(BenchTables.number(times.quantile(0.99))) ms，\(size >> 10) KB", "p99 30 ms"
        ))
    }
    return out
  }

  /// Decisions of two pages, as `longtang lab papers` sets them.
  private func papers() async throws -> [Figure] {
    let name = "两页处罚决定书排成 PDF（2 个进程）"
    let count = max(20, round.options.times)
    guard let place = cases.typesetter?.place, place.missing.isEmpty else { return [(name, "排版程序未安装", "100 份/秒")] }
    let setter = Typesetter(place, size: 2)
    let (book, day) = (cases.book, house.now().day)
    @Sendable func set(_ serial: Int) async throws {
      _ = try await setter.pdf(try PaperSample.decision(serial, book: book, on: day), dated: day)
    }
    func all(_ serials: Range<Int>) async throws {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for lane in 0..<4 {
          group.addTask { for serial in stride(from: serials.lowerBound + lane, to: serials.upperBound, by: 4) { try await set(serial) } }
        }
        try await group.waitForAll()
      }
    }
    // The start of the processes happens once.
    try await all(9000..<9004)
    let begun = ContinuousClock.now
    try await all(1..<(count + 1))
    return [(name, "每秒 \(Int(Double(count) / (begun.duration(to: .now) / .seconds(1)))) 份", "100 份/秒")]
  }
}
