import Foundation
import Kernel

extension StaffingInstance {
  /// From JSON with snake_case keys. Unknown keys are refused: a misspelt one would otherwise be a rule that silently does not hold.
  public init(reading data: Data) throws {
    let value: Any
    do {
      value = try JSONSerialization.jsonObject(with: data)
    } catch {
      throw Self.unreadable("", "不是 JSON 文件：\(error.localizedDescription)")
    }
    var list = InstanceProblems()
    Self.knownKeys(value, at: "", &list)
    if !list.all.isEmpty { throw Refusals(list.all) }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      self = try decoder.decode(StaffingInstance.self, from: data)
    } catch let error as DecodingError {
      throw Self.words(error)
    }
    try check()
  }

  private static func unreadable(_ field: String, _ message: String) -> Refusals {
    Refusals([Refusal(.invalid, "staffing-instance", message, field: field.isEmpty ? nil : field)])
  }

  private static let keys: [String: Set<String>] = [
    "": [
      "start", "weeks", "holidays", "make_up_days", "squads", "officers", "compounds", "duties", "levels", "rules", "demand_weights",
      "weights",
      "fixed",
    ],
    "squads[]": ["id", "name", "latitude", "longitude"],
    "officers[]": [
      "id", "name", "squad", "also_squads", "skills", "certified", "weekly_hours", "most_half_days", "leave", "latitude", "longitude",
      "contacts",
    ],
    "officers[].leave[]": ["from", "to"],
    "compounds[]": [
      "id", "name", "squad", "latitude", "longitude", "households", "complaints", "cases", "satisfaction", "grade", "demand_hours",
      "needs_two",
      "skills", "wanted_mode", "forced_mode",
    ],
    "duties[]": ["id", "name", "squad", "half", "days", "officers", "rest_half_days", "max_per_officer", "skill", "load_half_days"],
    "levels[]": ["mode", "half_days", "per"],
    "rules": ["half_day_hours", "compound_share", "lowest_modes", "fair_band"],
    "demand_weights": ["complaint", "case_under_way", "thousand_households", "dissatisfaction", "grades", "most"],
    "weights": [
      "unmet_hour", "urgency", "surplus_hour", "kilometre", "contact_change", "stand_in_half_day", "unfair_half_day", "wish_not_met",
    ],
    "fixed": ["teams", "rows"],
    "fixed.teams[]": ["compound", "contact", "second", "mode"],
    "fixed.rows[]": ["date", "half", "officer", "task", "compound", "duty"],
  ]

  private static func knownKeys(_ value: Any, at path: String, kind: String = "", _ list: inout InstanceProblems) {
    if let object = value as? [String: Any] {
      guard let known = keys[kind] else { return }
      for (key, inner) in object.sorted(by: { $0.key < $1.key }) {
        let place = path.isEmpty ? key : "\(path).\(key)"
        if known.contains(key) {
          knownKeys(inner, at: place, kind: kind.isEmpty ? key : "\(kind).\(key)", &list)
        } else {
          list.add(place, "不认识的字段 \(place)，请核对拼写（可用：\(known.sorted().joined(separator: "、"))）。")
        }
      }
    } else if let array = value as? [Any] {
      for (place, inner) in array.enumerated() { knownKeys(inner, at: "\(path)[\(place)]", kind: "\(kind)[]", &list) }
    }
  }

  private static func words(_ error: DecodingError) -> Refusals {
    func place(_ path: [any CodingKey]) -> String {
      path.reduce(into: "") { text, key in
        if let index = key.intValue { text += "[\(index)]" } else { text += (text.isEmpty ? "" : ".") + snake(key.stringValue) }
      }
    }
    func snake(_ name: String) -> String { name.reduce(into: "") { $0 += $1.isUppercase ? "_\($1.lowercased())" : String($1) } }
    switch error {
    case .keyNotFound(let key, let context):
      let field = place(context.codingPath + [key])
      return unreadable(field, "缺少 \(field)。")
    case .typeMismatch(_, let context): return unreadable(place(context.codingPath), "\(place(context.codingPath)) 的类型不对。")
    case .valueNotFound(_, let context): return unreadable(place(context.codingPath), "\(place(context.codingPath)) 不能为空。")
    case .dataCorrupted(let context):
      return unreadable(place(context.codingPath), "\(place(context.codingPath)) 的值不认识（\(context.debugDescription)）。")
    @unknown default: return unreadable("", "读不了：\(error.localizedDescription)")
    }
  }
}
