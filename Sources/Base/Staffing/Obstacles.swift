/// Which rules stand in the way of every plan: the week model with a price on breaking each, and then each that was broken taken back to see
/// whether the others would have been enough.
struct Obstacles {
  let ground: Ground
  let part: Ground.Part
  let deadline: ContinuousClock.Instant
  let cancelled: @Sendable () -> Bool

  /// Empty when time ran out, or when no rule is in the way.
  func find() -> [StaffingRule] {
    let absent = part.compounds.filter { compound in !part.officers.contains { ground.contactBreaks(compound, $0) != nil } }
    if !absent.isEmpty { return Set(absent.map { StaffingRule.leave(squad: ground.instance.compounds[$0].squad) }).sorted() }
    guard case .broken(var rules) = relax(nil), !rules.isEmpty else { return [] }
    for rule in rules {
      let others = Set(rules).subtracting([rule])
      if others.isEmpty { break }
      if case .broken(let fewer) = relax(others), fewer.count < rules.count { rules = fewer }
    }
    return rules.sorted()
  }

  private enum Answer {
    case broken([StaffingRule])
    case none
  }

  private func relax(_ breakable: Set<StaffingRule>?) -> Answer {
    let model = WeekModel(ground, part, elastic: true, breakable: breakable)
    let tree = TreeSearch(model, TreeSearch.Limits(gap: 0.02, nodes: 400, deadline: deadline, cancelled: cancelled))
    guard tree.root() else { return .none }
    tree.run { _, _ in }
    guard let solution = tree.bestSolution else { return .none }
    var rules = Set<StaffingRule>()
    for choice in model.contacts + model.seconds where solution[choice.column] > 0.5 { rules.formUnion(choice.broken) }
    for entry in model.ruleColumn where solution[entry.column] > 0.5 { rules.insert(entry.rule) }
    return .broken(rules.sorted())
  }
}

extension Ground {
  private func name(compound id: String) -> String { compoundIndex[id].map { instance.compounds[$0].name } ?? id }
  private func name(squad id: String) -> String { squadIndex[id].map { instance.squads[$0].name } ?? id }

  /// What cannot be kept, and what somebody can do about it.
  func sentence(_ rule: StaffingRule) -> String {
    switch rule {
    case .weeklyHours(let squad, let week):
      return "\(name(squad: squad))第\(week + 1)周工时不够：已定的进驻、值班超过全队可用半天。可以增加人手、提高小区工作占比（compound_share）、减少当周请假，或放宽有关小区的进驻方式。"
    case .twoOfficers(let compound):
      return "\(name(compound: compound))依法须两名持证队员到场，能排出的持证队员不足两名。请补充持证队员或由其他中队支援；人数是法律要求，不能放宽。"
    case .skills(let compound):
      let wanted = compoundIndex[compound].map { instance.compounds[$0].skills.joined(separator: "、") } ?? ""
      return "\(name(compound: compound))的联系人须会“\(wanted)”，在岗队员中没有这样的人。请培训、借调，或去掉这项要求。"
    case .fixedContact(let compound):
      return "\(name(compound: compound))人工指定的联系人不能用（整期不在岗、没有所需技能或证件，或已被排满）。请改指定别人，或取消指定。"
    case .fixedSecond(let compound):
      return "\(name(compound: compound))人工指定的第二人不能用（整期不在岗、无执法证，或已被排满）。请改指定别人，或取消指定。"
    case .fixedVisits(let compound):
      return "\(name(compound: compound))人工固定的走访多于其进驻方式在当周的次数。请删去几次固定走访，或提高该小区的进驻方式。"
    case .mode(let compound):
      let mode = compoundIndex[compound].flatMap { (team[$0]?.mode ?? instance.compounds[$0].forcedMode)?.chinese } ?? ""
      return "\(name(compound: compound))指定为\(mode)，现有人手做不到。请改为较少的进驻方式，或增加人手。"
    case .lowestMode(let compound):
      let least = compoundIndex[compound].flatMap { instance.rules.lowestModes[instance.compounds[$0].grade]?.chinese } ?? ""
      return "\(name(compound: compound))按等级至少应为\(least)，现有人手做不到。请放宽这一小区的等级要求，或增加人手。"
    case .duty(let duty, let week):
      let shown = dutyIndex[duty].map { "\(name(squad: instance.duties[$0].squad))“\(instance.duties[$0].name)”" } ?? duty
      return "\(shown)第\(week + 1)周排不满人。请减少值班人数、扩大可值班的人，或调整请假。"
    case .dutyLimit(let duty):
      let shown = dutyIndex[duty].map { "\(name(squad: instance.duties[$0].squad))“\(instance.duties[$0].name)”" } ?? duty
      return "\(shown)每人次数上限太低，人人值满仍不够。请提高上限（max_per_officer），或增加可值班的人。"
    case .leave(let squad):
      return "\(name(squad: squad))整期没有可排的队员（都在请假或没有可用工时），其小区无人联系。请调整请假，或安排其他中队支援。"
    case .timetable(let compound):
      return "\(name(compound: compound))的走访次数排得下，但排不进具体的半天（同行的人没有共同空闲，或固定的班次太满）。请减少固定班次、错开请假，或放宽其进驻方式。"
    }
  }
}
