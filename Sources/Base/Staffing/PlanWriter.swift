import Foundation
import Kernel

/// The plan with its score reckoned anew from the roster, and a reason for everything in it.
struct PlanWriter {
  let ground: Ground
  let parts: [StaffingPlanner.SolvedPart]
  private var assignment: Assignment
  private var visits: [Timetable.Visit] = []
  private var services: [Timetable.Service] = []
  private var visitLoad: [Int]
  private var standInLoad: [Int]
  private var dutyLoad: [Int]

  init(_ ground: Ground, _ parts: [StaffingPlanner.SolvedPart]) {
    (self.ground, self.parts) = (ground, parts)
    assignment = Assignment(compounds: ground.squadOf.count)
    visitLoad = Array(repeating: 0, count: ground.officerSquad.count)
    (standInLoad, dutyLoad) = (visitLoad, visitLoad)
    for part in parts {
      for compound in part.part.compounds {
        assignment.pattern[compound] = part.assignment.pattern[compound]
        assignment.contact[compound] = part.assignment.contact[compound]
        assignment.second[compound] = part.assignment.second[compound]
      }
      visits += part.visits
      services += part.services
    }
    for visit in visits {
      for (person, other) in zip(visit.people, visit.insteadOf) {
        if other >= 0 { standInLoad[person] += 1 } else { visitLoad[person] += 1 }
      }
    }
    for service in services { dutyLoad[service.officer] += duty(service).loadHalfDays }
  }

  private func duty(_ service: Timetable.Service) -> StaffDuty { ground.instance.duties[ground.occurrences[service.occurrence].duty] }
  private func load(_ officer: Int) -> Int { visitLoad[officer] + standInLoad[officer] + dutyLoad[officer] }
  private func name(_ officer: Int) -> String { ground.instance.officers[officer].name }
  private func percent(_ officer: Int) -> Int { ground.available(officer) == 0 ? 0 : load(officer) * 100 / ground.available(officer) }

  func write() -> StaffingPlan {
    let score = ground.score(
      assignment, standIns: standInLoad.reduce(0, +), loads: ground.officerSquad.indices.map(load))
    let objective = score.total
    let bound = min(objective, parts.reduce(0) { $0 + $1.bound })
    let (rule, ruleNote) = proportional(score)
    return StaffingPlan(
      compounds: ground.squadOf.indices.map(compound), roster: roster(), loads: ground.officerSquad.indices.map(loadOf), score: score,
      objective: objective, bound: bound, gap: objective == 0 ? 0 : Double(objective - bound) / Double(objective),
      timeLimited: parts.contains { $0.ranOut }, proportional: rule, proportionalNote: ruleNote, notes: notes())
  }

  private func loadOf(_ officer: Int) -> StaffingPlan.Load {
    StaffingPlan.Load(
      officer: ground.instance.officers[officer].id, available: ground.available(officer), visits: visitLoad[officer],
      standIns: standInLoad[officer], duties: dutyLoad[officer], load: load(officer), percent: percent(officer))
  }

  private func proportional(_ score: PlanScore) -> (PlanScore?, String) {
    var whole = Assignment(compounds: ground.squadOf.count)
    var loads = Array(repeating: 0, count: ground.officerSquad.count)
    var (standIns, excess) = (0, 0)
    for part in parts {
      guard let result = part.proportional else { return (nil, "按需求比例分配排不出可行的方案。") }
      for compound in part.part.compounds {
        whole.pattern[compound] = result.assignment.pattern[compound]
        whole.contact[compound] = result.assignment.contact[compound]
        whole.second[compound] = result.assignment.second[compound]
      }
      for officer in part.part.officers { loads[officer] = result.loads[officer] }
      standIns += result.standIns
      excess += result.excess
    }
    if excess > 0 { return (nil, "按需求比例分配排不下：还有 \(excess) 个半天没有人可派。") }
    let rule = ground.score(whole, standIns: standIns, loads: loads)
    let parts = zip(rule.named, score.named).filter { $0.1 != $1.1 }.map { "\($0.0) \($0.1)→\($1.1)" }
    let saved = rule.total == 0 ? 0 : (rule.total - score.total) * 100 / rule.total
    return (rule, "按需求比例分配为 \(rule.total) 分，本方案 \(score.total) 分，减少 \(saved)%（\(parts.joined(separator: "，"))）。")
  }

  private func notes() -> [String] {
    var notes: [String] = []
    for change in ground.instance.fixed.teams where change.mode != nil {
      guard let compound = ground.compoundIndex[change.compound], let mode = change.mode else { continue }
      let place = ground.instance.compounds[compound]
      if let least = ground.instance.rules.lowestModes[place.grade], mode < least {
        notes.append("\(place.name)人工定为\(mode.chinese)，低于 \(place.grade) 级小区的最低方式（\(least.chinese)）。")
      }
    }
    if parts.contains(where: { $0.ranOut }) { notes.append("到了时限：方案可行，但与最优的差距可能还能缩小，重算不保证逐字相同。") }
    return notes
  }

  // MARK: Reasons

  private func hours(_ value: Double) -> String { String(format: "%.1f", value) }
  private func kilometres(_ compound: Int, _ officer: Int) -> String {
    String(format: "%.1f 公里", Double(ground.metres[compound][officer] ?? 0) / 1000)
  }
  private func levelText(_ pattern: Int) -> String {
    let level = ground.instance.levels[ground.patterns[pattern].level]
    return "\(level.mode.chinese)（\(level.per == .week ? "每周" : "\(ground.weeks) 周")\(level.halfDays) 个半天）"
  }

  private func compound(_ compound: Int) -> StaffingPlan.Compound {
    let place = ground.instance.compounds[compound]
    let (pattern, contact, second) = (assignment.pattern[compound], assignment.contact[compound], assignment.second[compound])
    return StaffingPlan.Compound(
      compound: place.id, mode: ground.mode(pattern), modeName: levelText(pattern), visits: ground.patterns[pattern].total,
      demandHours: ground.demandOfPeriod(compound), servedHours: ground.served(pattern), contact: ground.instance.officers[contact].id,
      second: second >= 0 ? ground.instance.officers[second].id : nil, reason: modeReason(compound, pattern),
      contactReason: contactReason(compound, contact), secondReason: second >= 0 ? secondReason(compound, second) : nil)
  }

  private func modeReason(_ compound: Int, _ pattern: Int) -> String {
    let place = ground.instance.compounds[compound]
    let demand = ground.demand[compound]
    let wanted = ground.demandOfPeriod(compound)
    var text =
      demand.given
      ? "需求由人工给定，每周 \(hours(demand.hours)) 小时"
      : "需求每周 \(hours(demand.hours)) 小时（诉件 \(hours(demand.complaints))、案件 \(hours(demand.cases))、户数 \(hours(demand.households))，满意度与等级系数 \(String(format: "%.2f", demand.factor))）"
    text += "；\(levelText(pattern))四周到场 \(hours(ground.served(pattern))) 小时".replacingOccurrences(of: "四周", with: "\(ground.weeks) 周")
    if let mode = ground.team[compound]?.mode { return text + "。人工指定为\(mode.chinese)，照办。" }
    if let mode = place.forcedMode { return text + "。要求为\(mode.chinese)，照办。" }
    let missing = wanted - ground.served(pattern)
    let higher = ground.patterns.indices.filter {
      ground.patternBreaks(compound, $0).isEmpty && ground.patterns[$0].total > ground.patterns[pattern].total
    }
    .min { ground.patterns[$0].total < ground.patterns[$1].total }
    let people = place.needsTwo ? 2 : 1
    if let higher {
      let more = (ground.patterns[higher].total - ground.patterns[pattern].total) * people
      let saved =
        ground.unmetCost(compound, pattern) + ground.surplusCost(compound, pattern) - ground.unmetCost(compound, higher)
        - ground.surplusCost(compound, higher)
      text +=
        saved > 0
        ? "，还缺 \(hours(max(0, missing))) 小时；升为\(levelText(higher))要多用 \(more) 个半天而缺口分只减 \(saved)，这些人手用在别处更值（中队已用可用工时的 \(squadPercent(compound))%）"
        : "，已够；再多去只会超出需求"
    } else if missing > 0 {
      text += "，已是最多的一档，仍缺 \(hours(missing)) 小时"
    }
    if let least = ground.instance.rules.lowestModes[place.grade], ground.mode(pattern) == least {
      text += "；\(place.grade) 级小区至少\(least.chinese)"
    }
    if let wish = place.wantedMode { text += wish == ground.mode(pattern) ? "；与希望的\(wish.chinese)一致" : "；希望\(wish.chinese)未能满足" }
    return text + "。"
  }

  private func squadPercent(_ compound: Int) -> Int {
    let people = ground.officerSquad.indices.filter { ground.officerSquad[$0] == ground.squadOf[compound] }
    let all = people.reduce(0) { $0 + ground.available($1) }
    return all == 0 ? 0 : people.reduce(0) { $0 + load($1) } * 100 / all
  }

  private func rank(_ compound: Int, _ officer: Int, among able: [Int]) -> String {
    let nearer = able.count { (ground.metres[compound][$0] ?? 0) < (ground.metres[compound][officer] ?? 0) }
    return help(compound, officer)
      + "离小区 \(kilometres(compound, officer))，\(able.count) 名可用队员中第 \(nearer + 1) 近；负荷 \(percent(officer))%（中队平均 \(squadPercent(compound))%）"
  }

  /// Of another squad than the compound's.
  private func help(_ compound: Int, _ officer: Int) -> String {
    ground.officerSquad[officer] == ground.squadOf[compound] ? "" : "是\(ground.instance.squads[ground.officerSquad[officer]].name)来支援的队员；"
  }

  private func contactReason(_ compound: Int, _ officer: Int) -> String {
    let able = ground.officerSquad.indices.filter { ground.contactBreaks(compound, $0)?.isEmpty == true }
    let facts = rank(compound, officer, among: able)
    if ground.team[compound]?.contact != nil { return "人工指定\(name(officer))为联系人，照办；\(facts)。" }
    let known = ground.knownContact[compound]
    if known.contains(officer) { return "\(name(officer))是原联系人，沿用；\(facts)。" }
    guard let old = known.sorted().first else { return "原来没有联系人，定为\(name(officer))：\(facts)。" }
    let why =
      ground.contactBreaks(compound, old) == nil
      ? "整期不在岗或不再负责这一片"
      : ground.contactBreaks(compound, old)?.isEmpty == false
        ? "不符合所需技能或证件" : "离小区 \(kilometres(compound, old))、负荷 \(percent(old))%，留任的路程和工时代价高于更换"
    return "原联系人\(name(old))\(why)，改由\(name(officer))联系：\(facts)。"
  }

  private func secondReason(_ compound: Int, _ officer: Int) -> String {
    let able = ground.officerSquad.indices.filter {
      ground.secondBreaks(compound, $0)?.isEmpty == true && $0 != assignment.contact[compound]
    }
    let facts = rank(compound, officer, among: able)
    return ground.team[compound]?.second != nil
      ? "人工指定\(name(officer))为第二人，照办；\(facts)。" : "依法须两人，第二名持证队员为\(name(officer))：\(facts)。"
  }

  private func roster() -> [StaffingPlan.Row] {
    var rows: [StaffingPlan.Row] = []
    for visit in visits {
      guard let slot = visit.slot.map({ ground.slots[$0] }) else { continue }
      let place = ground.instance.compounds[visit.compound]
      for (person, other) in zip(visit.people, visit.insteadOf) {
        let role: StaffingPlan.Row.Role = other >= 0 ? .standIn : person == assignment.contact[visit.compound] ? .contact : .second
        var reason: String
        if visit.fixed,
          ground.pinnedVisits.contains(where: {
            $0.officer == person && ground.slots[$0.slot].day == slot.day && ground.slots[$0.slot].half == slot.half
          })
        {
          reason = "人工固定，照办"
        } else if other >= 0 {
          let away = !ground.slots.indices.contains { ground.slots[$0].day == slot.day && ground.free[other][$0] }
          reason = "代\(name(other))：\(away ? "其当日不在岗" : "其当周工时已满")"
        } else {
          reason = role == .contact ? "联系人到场" : "依法两人到场的第二人"
        }
        if ground.officerSquad[person] != ground.squadOf[visit.compound] {
          reason += "（\(ground.instance.squads[ground.officerSquad[person]].name)支援）"
        }
        rows.append(
          StaffingPlan.Row(
            date: slot.day, half: slot.half, officer: ground.instance.officers[person].id, task: .visit, compound: place.id, duty: nil,
            role: role, insteadOf: other >= 0 ? ground.instance.officers[other].id : nil, fixed: visit.fixed, reason: reason))
      }
    }
    var resting = Set<[Int]>()
    for service in services {
      let occurrence = ground.occurrences[service.occurrence]
      let duty = duty(service)
      let officer = ground.instance.officers[service.officer].id
      rows.append(
        StaffingPlan.Row(
          date: occurrence.day, half: duty.half, officer: officer, task: .duty, compound: nil, duty: duty.id, role: nil, insteadOf: nil,
          fixed: service.fixed,
          reason: service.fixed ? "人工固定，照办" : "轮到\(duty.name)：本期值班折 \(dutyLoad[service.officer]) 个半天，总负荷 \(percent(service.officer))%"))
      for slot in occurrence.rest where ground.free[service.officer][slot] && resting.insert([service.officer, slot]).inserted {
        rows.append(
          StaffingPlan.Row(
            date: ground.slots[slot].day, half: ground.slots[slot].half, officer: officer, task: .rest, compound: nil, duty: duty.id,
            role: nil,
            insteadOf: nil, fixed: false, reason: "\(occurrence.day.chinese)\(duty.name)后休息"))
      }
    }
    func order(_ half: HalfDay) -> Int { half == .am ? 0 : half == .pm ? 1 : 2 }
    return rows.sorted {
      ($0.date.daysSinceEpoch, order($0.half), $0.officer, $0.task.rawValue) < (
        $1.date.daysSinceEpoch, order($1.half), $1.officer, $1.task.rawValue
      )
    }
  }
}
