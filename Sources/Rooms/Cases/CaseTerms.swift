import Kernel
import WorkCalendar

/// The days that follow from a case's own dates. All of them nil until what they count from has happened.
extension CaseFacts {
  /// The end of the ninety days, 行政处罚法第六十条; days of an appraisal are pauses of the booked clock, not known here.
  func statementEnds() -> Moment? { file.notice.flatMap { law.end(of: "statement", from: $0.at, now: now)?.due } }
  func hearingRequestEnds() -> Moment? { file.notice.flatMap { law.end(of: "hearing-request", from: $0.at, now: now)?.due } }
  /// The first day on which a hearing may be held that was called at that moment.
  func firstHearingDay(calledAt: Moment) -> Day? { law.end(of: "hearing-notice", from: calledAt, now: now)?.due.day }

  /// The last day for paying, a granted deferral included.
  var paymentEnds: Day? {
    guard let served = servedOn, let end = law.end(of: "fine-payment", from: served, now: now)?.due else { return nil }
    let day = end.adding(milliseconds: -1).day
    return file.deferredUntil.map { max($0, day) } ?? day
  }
  /// When the decision counts as served; nil while a public notice still runs.
  var servedOn: Day? { file.service.flatMap { $0.isRunning ? nil : $0.on } }

  /// When nobody can ask for reconsideration or go to court any more; nil while a remedy is open or nothing was served.
  var remediesEnd: Day? {
    guard let served = servedOn, file.openRemedy == nil else { return nil }
    func last(_ kind: String, from day: Day) -> Day? {
      law.end(of: kind, from: day, now: now)?.due.adding(milliseconds: -1).day
    }
    if let suit = file.remedies.last(where: { $0.kind == .suit }), let ended = suit.ended { return ended }
    if let first = file.remedies.last(where: { $0.kind == .reconsideration }), let ended = first.ended {
      return last("lawsuit-after-reconsideration", from: ended)
    }
    guard let reconsideration = last("reconsideration", from: served) else { return nil }
    // 当场处罚: 复议前置, so there is no suit without it (行政复议法第二十三条).
    if file.decision?.kind == .onSpot { return reconsideration }
    return last("lawsuit", from: served).map { max($0, reconsideration) }
  }

}

/// 加处罚款, 行政处罚法第七十二条第一款第一项: a share of the fine for each day after the last, never more than the fine itself, and none for
/// the days of a reconsideration or suit (第七十三条第三款).
public struct Surcharge: Hashable, Sendable {
  /// Fen.
  public let amount: Int
  /// Days after the last, those of a remedy included.
  public let late: Int
  /// Days that count.
  public let days: Int
  /// "逾期 12 日，扣除复议、诉讼 2 日，10 日 × 3% × 5000元 = 1500元"
  public let arithmetic: String

  /// - Parameters:
  ///   - fine: fen.
  ///   - dueOn: the last day for paying.
  ///   - until: the day of payment, or today; it counts.
  ///   - isPart: `fine` is one part of a fine that is paid in parts.
  public init(fine: Int, dueOn: Day, until: Day, without remedies: [CaseFile.Remedy], _ limits: CaseLimits, isPart: Bool = false) {
    late = max(0, until.days(since: dueOn))
    var stopped = 0
    if late > 0 {
      for offset in 1...late {
        let day = dueOn.adding(days: offset)
        if remedies.contains(where: { $0.began <= day && day <= ($0.ended ?? until) }) { stopped += 1 }
      }
    }
    days = late - stopped
    let rate = limits.value("surcharge-rate")
    let reckoned = fine * rate * days / 100
    let most = isPart ? fine * limits.value("instalment-surcharge-most") / 100 : fine
    amount = min(most, reckoned)
    let yuan = { (fen: Int) in fen % 100 == 0 ? "\(fen / 100)元" : "\(fen / 100).\((fen % 100).padded(2))元" }
    arithmetic =
      "逾期 \(late) 日" + (stopped > 0 ? "，扣除复议、诉讼 \(stopped) 日" : "") + "，\(days) 日 × \(rate)% × \(yuan(fine)) = \(yuan(reckoned))"
      + (reckoned > most ? "，不超过\(isPart ? "该期" : "罚款")数额，计 \(yuan(most))" : "")
  }
}
