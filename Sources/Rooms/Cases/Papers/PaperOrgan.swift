import Kernel
import Offices
import Storage

/// In whose name a paper is written, and who hears complaints about it.
struct PaperOrgan: Hashable, Sendable {
  /// "上海市青浦区徐泾镇人民政府": a street's squad acts in the name of its street or town (行政处罚法第二十四条).
  let name: String
  /// "上海市青浦区人民政府": 行政复议法第二十四条 gives it complaints about its streets, towns and departments.
  let reconsideration: String

  init(of organ: Office, in district: Office?) {
    let area = district.map { OfficeTree.areaName(of: $0) }
    let place = OfficeTree.areaName(of: organ)
    let city = "上海市"
    switch organ.kind {
    case .squad where place.hasSuffix("街道"): name = city + (area ?? "") + place + "办事处"
    case .squad where place.hasSuffix("镇") || place.hasSuffix("乡"): name = city + (area ?? "") + place + "人民政府"
    default: name = organ.name
    }
    reconsideration = city + (area ?? "") + "人民政府"
  }
  static func of(_ record: CaseRecord, _ db: any Reader) throws -> PaperOrgan {
    guard let organ = try OfficeStore.find(record.organ, db) else { throw StorageError.corrupted("organ vanished") }
    return PaperOrgan(of: organ, in: try (organ.district ?? record.district).flatMap { try OfficeStore.find($0, db) })
  }
}
