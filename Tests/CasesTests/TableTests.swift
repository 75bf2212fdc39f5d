import Cases
import Foundation
import Kernel
import Testing
import Workflow

@Suite struct TableTests {
  /// The exact list of what each role may try in each state of each procedure. A new hole or a lost step shows here as a difference.
  @Test func permittedStepsAreExactlyThese() throws {
    var lines: [String] = []
    for procedure in CaseProcedure.allCases {
      let table = CaseTables.table(procedure)
      for role in CaseRole.allCases {
        for state in CaseState.allCases {
          let events = table.steps.filter { $0.from.contains(state) && $0.roles.contains(role) }.map(\.event.rawValue)
          if !events.isEmpty { lines.append("\(procedure.rawValue) \(role.rawValue) \(state.rawValue): \(events.joined(separator: " "))") }
        }
      }
    }
    let file = CaseGround.root.appending(path: "Tests/CasesTests/tables.expected.txt")
    let expected = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
    if lines != expected {
      let actual = FileManager.default.temporaryDirectory.appending(path: "tables.expected.txt")
      try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: actual)
      let (gone, new) = (Set(expected).subtracting(lines).sorted(), Set(lines).subtracting(expected).sorted())
      Issue.record("gone: \(gone)\nnew: \(new)\nthe list as it is now: \(actual.path)")
    }
  }

  @Test(arguments: CaseProcedure.allCases) func everyStateOfAProcedureHasAWayOut(_ procedure: CaseProcedure) {
    let table = CaseTables.table(procedure)
    let states = Set(table.steps.flatMap(\.from)).union(table.steps.compactMap(\.to))
    for state in states where state != .archived {
      #expect(table.steps.contains { $0.from.contains(state) && $0.to != nil && $0.to != state }, "\(state) has no way out")
    }
    #expect(states.contains(.archived))
  }

  @Test func everyStepIsInSomeTable() {
    let used = Set(CaseProcedure.allCases.flatMap { CaseTables.table($0).steps.map(\.event) })
    #expect(used == Set(CaseEvent.allCases))
  }

  /// Who is asked for a step that the law orders is told on what article.
  @Test func whatTheLawOrdersCitesIt() {
    let free: Set<CaseEvent> = [.returnFiling, .removedByParty, .terminate]
    for procedure in CaseProcedure.allCases {
      for row in CaseTables.table(procedure).steps where !free.contains(row.event) {
        #expect(row.basis != nil, "\(procedure.rawValue) \(row.event.rawValue)")
      }
    }
  }

  @Test func stepsMakePapersThatExist() throws {
    let papers = try CasePaper.read(CaseGround.data("procedures/papers.json"))
    let ids = Set(papers.map(\.id))
    // 43 of the list that was compiled, two of which name two papers each, and two of our own for buildings under construction.
    #expect(papers.count == 47)
    for event in CaseEvent.allCases { for paper in event.papers { #expect(ids.contains(paper), "\(event.rawValue): \(paper)") } }
  }

  @Test func outOfOrderAndOutOfRoleAreRefusedWithTheArticle() throws {
    let walk = try CaseWalk("facade-damage")
    let early = try #require(walk.refusal(.decide(CasePenalty(fine: 100_000)), by: CaseGround.head))
    #expect(early.code == "step-not-now" && early.article == "行政处罚法第五十七条、第五十九条")
    let wrong = try #require(walk.refusal(.askFiling, by: CaseGround.reviewer))
    #expect(wrong.code == "step-not-yours" && wrong.article == "行政处罚法第五十四条")
  }

  @Test func theDrawingHasEveryStateAndStep() throws {
    let drawing = ProcedureDrawing(
      CaseTables.ordinary, states: CaseState.allCases, name: \.chinese, event: \.chinese,
      roles: { roles in CaseRole.allCases.filter(roles.contains).map(\.chinese).joined(separator: "、") })
    let svg = drawing.svg
    for row in CaseTables.ordinary.steps {
      #expect(svg.contains(row.event.chinese))
      for state in row.from { #expect(svg.contains(state.chinese)) }
    }
    #expect(try XMLDocumentCheck.isWellFormed(svg))
  }
}

/// Open and close tags match: enough to know that a browser will draw it.
enum XMLDocumentCheck {
  static func isWellFormed(_ text: String) throws -> Bool {
    var open: [String] = []
    for tag in text.matches(of: #/<(/?)([a-z]+)[^<>]*?(/?)>/#) {
      if tag.3 == "/" { continue }
      if tag.1 == "/" {
        guard open.popLast() == String(tag.2) else { return false }
      } else {
        open.append(String(tag.2))
      }
    }
    return open.isEmpty
  }
}
