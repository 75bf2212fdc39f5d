import Kernel

extension StaffingInstance {
  /// Everything that is wrong with it, each with its place: `officers[3].leave[0].to`.
  public func check() throws {
    var list = InstanceProblems()
    checkFrame(&list)
    checkPeople(&list)
    checkCompounds(&list)
    checkDuties(&list)
    checkNumbers(&list)
    if list.all.isEmpty { checkFixed(&list) }
    if !list.all.isEmpty { throw Refusals(list.all) }
  }

  private func checkFrame(_ list: inout InstanceProblems) {
    if start.weekday != 1 { list.add("start", "开始日期 \(start.iso) 是\(start.chineseWeekday)，应为周一。") }
    if !(1...8).contains(weeks) { list.add("weeks", "周数应在 1 至 8 之间。") }
    for (field, empty) in [
      ("squads", squads.isEmpty), ("officers", officers.isEmpty), ("compounds", compounds.isEmpty), ("levels", levels.isEmpty),
    ]
    where empty { list.add(field, "\(field) 为空，至少要有一项。") }
    list.unique("squads", squads.map(\.id))
    list.unique("officers", officers.map(\.id))
    list.unique("compounds", compounds.map(\.id))
    list.unique("duties", duties.map(\.id))
    for (place, squad) in squads.enumerated() { list.position("squads[\(place)]", squad.latitude, squad.longitude, "中队\(squad.name)") }
    if (1...8).contains(weeks) {
      let off = Set(holidays)
      let worked = Set(makeUpDays)
      let open = (0..<(weeks * 7)).contains {
        worked.contains(start.adding(days: $0)) || ($0 % 7 < 5 && !off.contains(start.adding(days: $0)))
      }
      if !open { list.add("holidays", "这几周没有一个工作日，无从排班。") }
    }
    for (place, level) in levels.enumerated() {
      let most = level.per == .week ? 5 : weeks
      if !(1...max(1, most)).contains(level.halfDays) {
        list.add("levels[\(place)].half_days", "\(level.mode.chinese)每\(level.per == .week ? "周" : "期")的半天数应在 1 至 \(most) 之间（一个小区一天最多一次）。")
      }
    }
  }

  private func checkPeople(_ list: inout InstanceProblems) {
    let known = Set(squads.map(\.id))
    let places = Set(compounds.map(\.id))
    for (place, officer) in officers.enumerated() {
      let at = "officers[\(place)]"
      for (field, squad) in [("squad", officer.squad)] + officer.alsoSquads.map({ ("also_squads", $0) }) where !known.contains(squad) {
        list.add("\(at).\(field)", "队员\(officer.name)的中队 \(squad) 不在 squads 里。")
      }
      if !(0...80).contains(officer.weeklyHours) { list.add("\(at).weekly_hours", "队员\(officer.name)的每周工时应在 0 至 80 之间。") }
      if let most = officer.mostHalfDays, !(0...14).contains(most) {
        list.add("\(at).most_half_days", "队员\(officer.name)每周最多的半天数应在 0 至 14 之间。")
      }
      for (number, leave) in officer.leave.enumerated() where leave.to < leave.from {
        list.add("\(at).leave[\(number)].to", "队员\(officer.name)的请假止日 \(leave.to.iso) 早于起日 \(leave.from.iso)。")
      }
      switch (officer.latitude, officer.longitude) {
      case (nil, nil): break
      case (let latitude?, let longitude?): list.position(at, latitude, longitude, "队员\(officer.name)")
      default: list.add(at, "队员\(officer.name)的坐标只给了一半，经度和纬度要么都给，要么都不给。")
      }
      for contact in officer.contacts where !places.contains(contact) {
        list.add("\(at).contacts", "队员\(officer.name)联系的小区 \(contact) 不在 compounds 里。")
      }
    }
  }

  private func checkCompounds(_ list: inout InstanceProblems) {
    let known = Set(squads.map(\.id))
    let staffed = Set(officers.flatMap { [$0.squad] + $0.alsoSquads })
    for (place, compound) in compounds.enumerated() {
      let at = "compounds[\(place)]"
      if !known.contains(compound.squad) {
        list.add("\(at).squad", "小区\(compound.name)的中队 \(compound.squad) 不在 squads 里。")
      } else if !staffed.contains(compound.squad) {
        list.add("\(at).squad", "小区\(compound.name)所在中队 \(compound.squad) 一名队员也没有。")
      }
      list.position(at, compound.latitude, compound.longitude, "小区\(compound.name)")
      for (field, value) in [
        ("households", Double(compound.households)), ("complaints", compound.complaints), ("cases", compound.cases),
        ("demand_hours", compound.demandHours ?? 0),
      ] where !(0...1_000_000).contains(value) {
        list.add("\(at).\(field)", "小区\(compound.name)的 \(field) 是 \(value)，不能是负数，也不能大到一百万以上。")
      }
      if let satisfaction = compound.satisfaction, !(0...1).contains(satisfaction) {
        list.add("\(at).satisfaction", "小区\(compound.name)的满意度应在 0 至 1 之间。")
      }
      if let mode = compound.forcedMode, !levels.contains(where: { $0.mode == mode }) {
        list.add("\(at).forced_mode", "小区\(compound.name)要求\(mode.chinese)，但 levels 里没有\(mode.chinese)的档次。")
      }
    }
  }

  private func checkDuties(_ list: inout InstanceProblems) {
    let known = Set(squads.map(\.id))
    for (place, duty) in duties.enumerated() {
      let at = "duties[\(place)]"
      if !known.contains(duty.squad) { list.add("\(at).squad", "值班\(duty.name)的中队 \(duty.squad) 不在 squads 里。") }
      if !(1...50).contains(duty.officers) { list.add("\(at).officers", "值班\(duty.name)的人数应在 1 至 50 之间。") }
      if !(0...4).contains(duty.restHalfDays) { list.add("\(at).rest_half_days", "值班\(duty.name)后的休息应在 0 至 4 个半天之间。") }
      if !(0...10).contains(duty.loadHalfDays) { list.add("\(at).load_half_days", "值班\(duty.name)折算的半天数应在 0 至 10 之间。") }
      if let most = duty.maxPerOfficer, most < 0 { list.add("\(at).max_per_officer", "值班\(duty.name)每人上限不能是负数。") }
    }
  }

  private func checkNumbers(_ list: inout InstanceProblems) {
    if !(0.5...12).contains(rules.halfDayHours) { list.add("rules.half_day_hours", "半天的小时数应在 0.5 至 12 之间。") }
    if !(0.05...1).contains(rules.compoundShare) { list.add("rules.compound_share", "小区工作占比应在 0.05 至 1 之间。") }
    if !(0...100).contains(rules.fairBand) { list.add("rules.fair_band", "公平范围应在 0 至 100（百分点）之间。") }
    let numbers: [(String, Double)] = [
      ("demand_weights.complaint", demandWeights.complaint), ("demand_weights.case_under_way", demandWeights.caseUnderWay),
      ("demand_weights.thousand_households", demandWeights.thousandHouseholds),
      ("demand_weights.dissatisfaction", demandWeights.dissatisfaction),
      ("demand_weights.most", demandWeights.most), ("weights.unmet_hour", weights.unmetHour), ("weights.surplus_hour", weights.surplusHour),
      ("weights.kilometre", weights.kilometre), ("weights.contact_change", weights.contactChange),
      ("weights.stand_in_half_day", weights.standInHalfDay), ("weights.unfair_half_day", weights.unfairHalfDay),
      ("weights.wish_not_met", weights.wishNotMet),
    ]
    let byGrade =
      demandWeights.grades.map { ("demand_weights.grades.\($0.key)", $0.value) }
      + weights.urgency.map { ("weights.urgency.\($0.key)", $0.value) }
    for (field, value) in numbers + byGrade.sorted(by: { $0.0 < $1.0 }) where !(0...100_000).contains(value) {
      list.add(field, "\(field) 是 \(value)，权重应在 0 至 100000 之间。")
    }
  }

  private func checkFixed(_ list: inout InstanceProblems) {
    let ground = Ground(self)
    list.unique("fixed.teams", fixed.teams.map(\.compound))
    for (place, team) in fixed.teams.enumerated() {
      let at = "fixed.teams[\(place)]"
      guard let compound = ground.compoundIndex[team.compound] else {
        list.add("\(at).compound", "人工指定里的小区 \(team.compound) 不在 compounds 里。")
        continue
      }
      for (field, officer) in [("contact", team.contact), ("second", team.second)] {
        guard let officer else { continue }
        guard let person = ground.officerIndex[officer] else {
          list.add("\(at).\(field)", "人工指定里的队员 \(officer) 不在 officers 里。")
          continue
        }
        if !ground.mayServe[person].contains(ground.squadOf[compound]) {
          list.add("\(at).\(field)", "队员\(officers[person].name)不负责\(compounds[compound].name)所在的中队，不能指定。")
        }
      }
      if team.second != nil && !compounds[compound].needsTwo {
        list.add("\(at).second", "\(compounds[compound].name)不要求两人（needs_two），不必指定第二人。")
      }
      if team.contact != nil && team.contact == team.second { list.add("\(at).second", "联系人和第二人不能是同一人。") }
      if let mode = team.mode, !levels.contains(where: { $0.mode == mode }) { list.add("\(at).mode", "levels 里没有\(mode.chinese)的档次。") }
    }
    checkFixedRows(ground, &list)
  }

  private func checkFixedRows(_ ground: Ground, _ list: inout InstanceProblems) {
    var seen = Set<[String]>()
    var visitsOfDay: [[String]: String] = [:]
    for (place, row) in fixed.rows.enumerated() {
      let at = "fixed.rows[\(place)]"
      guard let person = ground.officerIndex[row.officer] else {
        list.add("\(at).officer", "固定班次里的队员 \(row.officer) 不在 officers 里。")
        continue
      }
      let when = "\(row.date.chinese)\(row.half.chinese)"
      if !seen.insert([row.officer, row.date.iso, row.half.rawValue]).inserted {
        list.add(at, "\(officers[person].name)在\(when)固定了不止一件事。")
      }
      guard row.task != .off else { continue }
      if officers[person].leave.contains(where: { $0.from <= row.date && row.date <= $0.to }) {
        list.add(at, "\(officers[person].name)在\(when)请假，不能固定班次。")
      }
      if row.task == .visit {
        guard let compound = row.compound.flatMap({ ground.compoundIndex[$0] }) else {
          list.add("\(at).compound", "固定走访的小区 \(row.compound ?? "（未填）") 不在 compounds 里。")
          continue
        }
        if ground.slot(row.date, row.half) == nil { list.add("\(at).date", "\(when)不是本期的工作半天，不能固定走访。") }
        if !ground.mayServe[person].contains(ground.squadOf[compound]) {
          list.add("\(at).officer", "\(officers[person].name)不负责\(compounds[compound].name)所在的中队。")
        }
        if compounds[compound].needsTwo && !officers[person].certified {
          list.add("\(at).officer", "\(compounds[compound].name)依法须两名持证队员，\(officers[person].name)没有执法证。")
        }
        let key = [compounds[compound].id, row.date.iso]
        if let other = visitsOfDay[key], other != row.half.rawValue {
          list.add(at, "\(compounds[compound].name)在\(row.date.chinese)固定了上下午两次，一天最多一次。")
        }
        visitsOfDay[key] = row.half.rawValue
        let together = fixed.rows.count { $0.task == .visit && $0.compound == row.compound && $0.date == row.date && $0.half == row.half }
        if together > (compounds[compound].needsTwo ? 2 : 1) { list.add(at, "\(compounds[compound].name)在\(when)固定的人太多。") }
      } else {
        guard let number = row.duty.flatMap({ ground.dutyIndex[$0] }) else {
          list.add("\(at).duty", "固定值班的 \(row.duty ?? "（未填）") 不在 duties 里。")
          continue
        }
        let found = ground.occurrences.contains { $0.duty == number && $0.day == row.date && duties[number].half == row.half }
        if !found { list.add("\(at).date", "\(duties[number].name)在\(when)没有班。") }
        if officers[person].squad != duties[number].squad || !(duties[number].skill.map(officers[person].skills.contains) ?? true) {
          list.add("\(at).officer", "\(officers[person].name)不能值\(duties[number].name)。")
        }
        let together = fixed.rows.count { $0.task == .duty && $0.duty == row.duty && $0.date == row.date }
        if together > duties[number].officers { list.add(at, "\(duties[number].name)在\(when)固定的人多于 \(duties[number].officers) 名。") }
      }
    }
  }
}

struct InstanceProblems {
  private(set) var all: [Refusal] = []
  mutating func add(_ field: String, _ message: String) {
    // A hundred are enough to see what is wrong with a file.
    if all.count < 100 { all.append(Refusal(.invalid, "staffing-instance", message, field: field)) }
  }
  mutating func unique(_ field: String, _ ids: [String]) {
    var seen = Set<String>()
    for (place, id) in ids.enumerated() {
      if id.isEmpty { add("\(field)[\(place)].id", "\(field) 第 \(place + 1) 项没有编号。") }
      if !seen.insert(id).inserted { add("\(field)[\(place)].id", "编号 \(id) 在 \(field) 里不止一次。") }
    }
  }
  mutating func position(_ field: String, _ latitude: Double, _ longitude: Double, _ whose: String) {
    if Coordinates(latitude: latitude, longitude: longitude) == nil || (latitude == 0 && longitude == 0) {
      add("\(field).latitude", "\(whose)的坐标（\(latitude), \(longitude)）不对，请填 WGS-84 经纬度。")
    }
  }
}
