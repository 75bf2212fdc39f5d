import Foundation
import Intake
import Kernel
import Storage

extension Matters {
  /// Photos that a reporter sends after the report, by its receipt code, while its matter is open. The report stays as it was told; its
  /// chain says which photos came when. A photo that is there already is not taken twice.
  /// - Parameter files: kept in the vault and checked like those of a new report.
  /// - Returns: how many were new.
  /// - Throws: `Refusal` `matters-no-receipt`, `matters-photos-closed` or `matters-photos-many`.
  @discardableResult
  public func addPhotos(receipt: String, files: [ReportFile]) async throws -> Int {
    let now = house.now()
    let house = house
    return try await house.store.write { db in
      guard let report = try ReportStore.find(receipt: receipt, db), let promise = try MatterStore.promise(ofReport: report.id.raw, db),
        let matter = try MatterStore.find(promise.matter, db)
      else { throw Refusal(.missing, "matters-no-receipt", "没有查到这个查询码，请核对后再输入。", field: "code") }
      guard matter.state.isOpen else {
        throw Refusal(.conflict, "matters-photos-closed", "事项已办结，不能再补充照片；问题还在的，请重新反映。", field: "photos")
      }
      let known = try ReportStore.files(of: report.id, db)
      var seen = Set(known.map(\.original.sha256))
      let new = files.filter { seen.insert($0.original.sha256).inserted }
      if new.isEmpty { return 0 }
      guard known.count + new.count <= NewReport.mostFiles else {
        throw Refusal(
          .invalid, "matters-photos-many",
          "每件最多 \(NewReport.mostFiles) 张照片，已有 \(known.count) 张，还可以补充 \(NewReport.mostFiles - known.count) 张。",
          field: "photos")
      }
      try ReportStore.add(new, to: report.id, after: known.count, by: .resident, house: house, at: now, db)
      try db.run("UPDATE matter SET version = version + 1, updated_at = \(now) WHERE id = \(matter.id)")
      try Journal.append(
        "matter-photos-added", on: Subject("matter", matter.id), by: .resident, at: now,
        facts: ["report": report.no, "count": String(new.count), "files": new.map(\.original.sha256).joined(separator: ",")],
        ids: house.ids, db)
      try wake(matter, "来电人补充照片 \(new.count) 张：\(matter.title)（\(matter.no)）", kind: "photos", at: now, db)
      return new.count
    }
  }
}
