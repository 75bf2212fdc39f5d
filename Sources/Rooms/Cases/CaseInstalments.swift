import Kernel

/// One part of a fine that is paid in parts, 行政处罚法第六十六条第二款.
public struct Instalment: Hashable, Sendable, Codable {
  /// Fen.
  public let fen: Int
  /// The last day for paying it.
  public let dueOn: Day
  public init(fen: Int, dueOn: Day) {
    self.fen = fen
    self.dueOn = dueOn
  }
}

/// 分期缴纳: the parts that the party has asked for, and since when they hold.
public struct InstalmentPlan: Hashable, Sendable, Codable {
  public let parts: [Instalment]
  public let askedOn: Day
  /// Nil until the head has approved it: until then nothing is due otherwise than the decision says.
  public var grantedOn: Day?
  public init(parts: [Instalment], askedOn: Day, grantedOn: Day? = nil) {
    self.parts = parts
    self.askedOn = askedOn
    self.grantedOn = grantedOn
  }
}

/// How one part stands on a day.
public struct InstalmentStand: Hashable, Sendable {
  /// What of one payment went to the part.
  public struct Share: Hashable, Sendable {
    /// Of `CaseFile.payments`.
    public let payment: Int
    public let fen: Int
  }
  /// From 1.
  public let number: Int
  public let part: Instalment
  public let shares: [Share]
  /// The day on which it was paid whole.
  public let paidOn: Day?
  /// Of this part alone; nil while it is not late.
  public let surcharge: Surcharge?
  public var paid: Int { shares.reduce(0) { $0 + $1.fen } }
  public var rest: Int { part.fen - paid }
}

extension CaseFile {
  /// The plan that holds.
  public var plan: InstalmentPlan? { instalments?.grantedOn == nil ? nil : instalments }

  /// Which payment went to which part: to the part it names, then to the earliest that is not paid whole. What is left over is for the
  /// surcharge.
  func shares(of plan: InstalmentPlan) -> [(shares: [InstalmentStand.Share], paidOn: Day?)] {
    var out = plan.parts.map { _ in (shares: [InstalmentStand.Share](), paidOn: Day?.none) }
    var open = plan.parts.map(\.fen)
    for (index, payment) in payments.enumerated() {
      var rest = payment.fen
      let named = payment.part.map { $0 - 1 }.filter { plan.parts.indices.contains($0) }
      for part in [named].compactMap(\.self) + plan.parts.indices where rest > 0 && open[part] > 0 {
        let fen = min(rest, open[part])
        out[part].shares.append(.init(payment: index, fen: fen))
        open[part] -= fen
        rest -= fen
        if open[part] == 0 { out[part].paidOn = payment.on }
      }
    }
    return out
  }
  /// The first part that is not paid whole, from 0.
  var nextPart: Int? {
    guard let plan else { return nil }
    return shares(of: plan).firstIndex { $0.paidOn == nil }
  }
}

extension Optional {
  fileprivate func filter(_ isMet: (Wrapped) -> Bool) -> Wrapped? { flatMap { isMet($0) ? $0 : nil } }
}

extension CaseFacts {
  /// The parts of the plan that holds, as they stand today; empty without one.
  public var instalments: [InstalmentStand] {
    guard let plan = file.plan else { return [] }
    return zip(plan.parts, file.shares(of: plan)).enumerated().map { index, one in
      let (part, taken) = one
      let until = min(today, taken.paidOn ?? today)
      let surcharge = Surcharge(
        fine: part.fen, dueOn: part.dueOn, until: until, without: file.remedies, law.limits, isPart: true)
      return InstalmentStand(
        number: index + 1, part: part, shares: taken.shares, paidOn: taken.paidOn, surcharge: surcharge.late > 0 ? surcharge : nil)
    }
  }

  /// What is added to the fine for paying late, each with its arithmetic: one for the fine, or one for each late part.
  public var surcharges: [Surcharge] {
    guard let fine = file.decision?.penalty?.fine, fine > 0, let ends = paymentEnds else { return [] }
    if file.plan != nil { return instalments.compactMap(\.surcharge) }
    let until = min(today, file.finePaidOn(fine) ?? today)
    let one = Surcharge(fine: fine, dueOn: ends, until: until, without: file.remedies, law.limits)
    return one.late > 0 ? [one] : []
  }

  /// What is owed now: the unpaid fine and its surcharge, in fen.
  public var owed: Int {
    guard let fine = file.decision?.penalty?.fine, fine > 0 else { return 0 }
    return max(0, fine + min(fine, surcharges.reduce(0) { $0 + $1.amount }) - file.paid)
  }
}
