import Figures
import Foundation
import Intake
import Kernel
import Matters
import Testing

/// What counts as what: pure.
@Suite struct TallyTests {
  static func row(_ change: (inout TallyRow) -> Void = { _ in }) -> TallyRow {
    var row = TallyRow(report: 1, channel: .hotline, nature: .complaint)
    row.item = "pet-feces"
    change(&row)
    return row
  }
  static func book() throws -> FigureBook { try FigureBook(reading: try Data(contentsOf: file)) }
  static let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Data/figures/figures.json")

  struct Case: Sendable {
    let row: TallyRow
    let counts: Set<Count>
    init(_ row: TallyRow, _ counts: Set<Count>) {
      self.row = row
      self.counts = counts
    }
  }
  static let cases: [Case] = [
    Case(row(), [.reports, .complaints, .contactDue]),
    Case(row { $0.nature = .question }, [.reports]),
    Case(row { $0.channel = .patrol }, [.reports]),
    Case(row { $0.channel = .firm }, [.reports]),
    Case(row { $0.outOfScope = true }, [.reports, .outOfScope]),
    // What was found unreasonable stands apart, whatever else is true of it.
    Case(
      row {
        $0.unreasonable = true
        $0.satisfaction = .dissatisfied
        $0.due = .late
      }, [.reports, .unreasonable]),
    Case(row { $0.reachable = false }, [.reports, .complaints]),
    Case(row { $0.contacted = true }, [.reports, .complaints, .contactDue, .contacted]),
    Case(row { $0.due = .met }, [.reports, .complaints, .contactDue, .dueAll, .onTime]),
    Case(row { $0.due = .late }, [.reports, .complaints, .contactDue, .dueAll]),
    Case(row { $0.due = .overdue }, [.reports, .complaints, .contactDue, .dueAll, .overdue]),
    // The reporter's own word beats the reply's, in both directions.
    Case(row { $0.outcome = .solved }, [.reports, .complaints, .contactDue, .concluded, .solved]),
    Case(
      row {
        $0.outcome = .solved
        $0.solved = false
      }, [.reports, .complaints, .contactDue, .concluded, .explained]),
    Case(
      row {
        $0.outcome = .explained
        $0.solved = true
      }, [.reports, .complaints, .contactDue, .concluded, .solved]),
    Case(row { $0.outcome = .explained }, [.reports, .complaints, .contactDue, .concluded, .explained]),
    // Nothing is solved before there is a reply.
    Case(row { $0.solved = true }, [.reports, .complaints, .contactDue]),
    Case(
      row {
        $0.confirmed = true
        $0.filed = true
      }, [.reports, .complaints, .contactDue, .verified, .filed, .filedAll]),
    Case(
      row {
        $0.confirmed = true
        $0.filed = true
        $0.item = nil
      }, [.reports, .complaints, .contactDue, .filedAll]),
    Case(
      row {
        $0.confirmed = true
        $0.outcome = .solved
        $0.closed = true
      }, [.reports, .complaints, .contactDue, .concluded, .solved, .verified, .selfCorrected, .closed]),
    Case(
      row {
        $0.closed = true
        $0.reopened = true
      }, [.reports, .complaints, .contactDue, .closed, .reopened]),
    Case(row { $0.reopened = true }, [.reports, .complaints, .contactDue]),
    Case(row { $0.firmPerformed = false }, [.reports, .complaints, .contactDue, .firmChecked]),
  ]
  @Test(arguments: cases.indices) func conditions(index: Int) {
    let one = Self.cases[index]
    #expect(Set(Count.allCases.filter { $0.holds(one.row) }) == one.counts)
  }

  /// 上海市住宅物业管理规定 59: the firm's own reports, which are no complaints of the public.
  @Test func aFirmReportsInTimeOrLate() {
    var row = TallyRow(report: 1, channel: .firm, nature: .complaint)
    #expect(Set(Count.allCases.filter { $0.holds(row) }) == [.reports])
    row.firmInTime = false
    #expect(Set(Count.allCases.filter { $0.holds(row) }) == [.reports, .firmReported])
    row.firmInTime = true
    #expect(Set(Count.allCases.filter { $0.holds(row) }) == [.reports, .firmReported, .firmInTime])
    row.outOfScope = true
    #expect(Set(Count.allCases.filter { $0.holds(row) }) == [.reports, .outOfScope])
  }

  @Test func everyNumeratorIsPartOfItsDenominator() throws {
    // Every combination of what matters to some condition: 2^9 × 4 × 3 × 3 rows.
    var rows: [TallyRow] = []
    for bits in 0..<512 {
      for due in [TallyRow.Due.open, .met, .late, .overdue] {
        for outcome in [nil, Matter.Outcome.solved, .explained] {
          for solved in [nil, true, false] {
            rows.append(
              Self.row {
                $0.unreasonable = bits & 1 != 0
                $0.reachable = bits & 2 != 0
                $0.contacted = bits & 4 != 0
                $0.closed = bits & 8 != 0
                $0.reopened = bits & 16 != 0
                $0.confirmed = bits & 32 != 0
                $0.filed = bits & 64 != 0
                $0.outOfScope = bits & 128 != 0
                $0.item = bits & 256 != 0 ? nil : "pet-feces"
                $0.due = due
                $0.outcome = outcome
                $0.solved = solved
              })
          }
        }
      }
    }
    for figure in try Self.book().figures {
      guard case .counts(let denominator) = figure.denominator else { continue }
      for row in rows where figure.numerator.contains(where: { $0.count.holds(row) }) {
        #expect(denominator.contains { $0.holds(row) }, "\(figure.id)")
        if !denominator.contains(where: { $0.holds(row) }) { break }
      }
    }
  }

  @Test(
    arguments: [
      (1500, 16, false, "93.75%"), (0, 10, false, "0.00%"), (100, 0, false, nil), (1, 30000, false, "0.00%"),
      (12_300, 84_000, true, "14.64"),
      (200, 300, false, "0.67%"), (100, 0, true, nil),
    ] as [(Int, Int, Bool, String?)])
  func values(numerator: Int, denominator: Int, people: Bool, text: String?) {
    #expect(FigureValue(numerator: numerator, denominator: denominator, isPerPopulation: people).text == text)
  }

  @Test(arguments: [
    ("\"denominator\": [\"concluded\"]", "\"denominator\": [\"cocluded\"]", "names no count"),
    ("\"denominator\": [\"concluded\"]", "\"denominator\": []", "names no count"),
    ("\"id\": \"solved\"", "\"id\": \"on-time\"", "there twice"),
    ("\"count\": \"solved\"", "\"count\": \"solvd\"", "count"), ("\"better\": \"less\"", "\"better\": \"lots\"", "more, less or neither"),
    ("{\"figure\": \"solved\", \"points\": 20}", "{\"figure\": \"salved\", \"points\": 20}", "no figure"),
    ("\"weight\": 80", "\"weight\": 180", "weight"),
  ])
  func aBookThatCannotBeIsRefused(part: String, instead: String, problem: String) throws {
    var text = try String(contentsOf: Self.file, encoding: .utf8)
    let at = try #require(text.range(of: part))
    text.replaceSubrange(at, with: instead)
    do {
      _ = try FigureBook(reading: Data(text.utf8))
      Issue.record("read")
    } catch { #expect("\(error)".contains(problem), "\(error)") }
  }
}
