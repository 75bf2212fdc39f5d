import Intake
import Kernel
import People
import Storage

/// A committee's own report with its progress.
public struct CommitteeView: Sendable {
  public let report: Report
  public let progress: Progress
}

extension Matters {
  /// - Throws: `matters-no-report` when it is another committee's.
  public func committeeView(of no: String, committee: Int64) async throws -> CommitteeView {
    try await house.store.read { db in
      guard let report = try ReportStore.find(no: no, db), report.committee == committee else {
        throw Refusal(.missing, "matters-no-report", "没有这件诉件，或者它不是您单位报的。")
      }
      return CommitteeView(report: report, progress: try progress(of: report, db))
    }
  }

  /// A committee's own reports, newest first; `before` is the id of the last one already shown.
  public func committeeViews(committee: Int64, before: Int64? = nil, limit: Int = 30) async throws -> [CommitteeView] {
    try await house.store.read { db in
      try ReportStore.own(committee: committee, before: before, limit: limit, db).map {
        CommitteeView(report: $0, progress: try progress(of: $0, db))
      }
    }
  }
}
