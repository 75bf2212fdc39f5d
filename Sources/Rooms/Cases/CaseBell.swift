import ClockBook
import Foundation
import Kernel
import Matters
import Offices
import People
import Storage
import WorkCalendar

extension Cases {
  /// Warns of a case's clocks that are soon due and tells of those that are overdue; called every minute by the scheduler.
  /// - Returns: how many rang.
  @discardableResult
  public func ringClocks() async throws -> Int {
    let now = house.now()
    return try await house.store.write { db in
      let ringing = try clocks.ringing(of: ["case"], at: now, limit: 200, db)
      for (clock, overdue) in ringing {
        try clocks.rung(clock.id, overdue: overdue, db)
        guard let record = try CaseStore.find(CaseRecord.ID(clock.subject.id), db) else { continue }
        var people: [Int64] = []
        for officer in record.file.officers { people.append(try Deputies.acting(for: Person.ID(officer.account), on: now.day, db).raw) }
        if overdue || people.isEmpty {
          people += try PersonStore.active(in: record.squad, roles: [.squadLeader], db).map {
            try Deputies.acting(for: $0.id, on: now.day, db).raw
          }
        }
        let text = "\(clock.clock.spec.name) \(clock.clock.remaining(at: now, on: clocks.calendar).text)：\(record.title)（\(record.no)）"
        try notify(people, kind: overdue ? "overdue" : "soon", caseNo: record.no, text: text, at: now, db)
        if overdue {
          try Journal.append(
            "case-overdue", on: record.subject, by: .system, at: now, facts: ["clock": clock.clock.spec.name, "due": clock.due.text],
            ids: house.ids, db)
        }
      }
      return ringing.count
    }
  }
}
