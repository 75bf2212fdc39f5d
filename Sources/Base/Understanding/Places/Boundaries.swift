/// Where a place's name can begin and end in running text. "世纪花园" inside "浦东新世纪花园" is no mention of 世纪花园.
enum Boundaries {
  /// Characters that rarely stand in a compound's name and so end what was said before it.
  private static let leads = UnitSet("在于住是称映诉到向至址镇市县乡问给找查过我你您他她们咱该这那请了着把被让因但却就也还又再从由吧呢吗啊的叫弄号")
  private static let leadWords = reversed([
    "一下", "街道", "小区", "反馈", "举报", "位于", "来自", "咨询", "关于", "地点", "业主", "本人", "我家", "居民", "昨天", "今天", "前天", "目前", "现在", "最近", "近日", "昨晚",
    "今晚", "晚上", "早上", "凌晨", "每天", "长期", "附近", "隔壁", "对面", "旁边", "发现", "核实", "涉及", "名为", "位置", "地处", "入住", "购买", "租住", "路过", "经过", "座落",
    "坐落", "希望", "要求", "建议", "管理", "服务", "物业", "解决", "处理", "整治", "查处", "关注", "反应", "责令", "请求", "恳请", "帮助", "督促",
    "督办", "协调", "查看", "检查", "就是", "作为", "前往", "走进", "占用", "破坏", "影响", "所在", "自家", "房产", "项目", "包括", "例如", "比如",
  ])
  private static let trails = UnitSet("的内有是在和与及外周旁这那附对也都已被把因从到每经由要没不进出住")
  private static let trailWords = forward([
    "小区", "里面", "里有", "里的", "里头", "楼下", "楼上", "楼道", "楼顶", "楼栋", "楼里", "楼前", "楼后", "围墙", "屋顶", "车库", "车位", "停车", "隔壁", "目前", "现在", "最近",
    "长期", "存在", "多次",
    "电梯", "绿化", "东侧", "西侧", "南侧", "北侧", "东面", "西面", "南面", "北面", "东门", "西门", "南门", "北门", "大门", "正门", "侧门", "后门", "边上", "前面", "后面", "会所",
    "居民", "居委", "门口", "门前", "门卫", "门外", "门岗", "地下", "地面", "地块", "业主", "业委", "物业", "保安", "保洁", "一直", "一户", "一家", "一些", "一到", "一名", "装修",
    "违建", "垃圾",
    "噪音", "道路", "路口", "路边", "公共", "消防", "屋面", "外墙", "底楼", "顶楼", "一楼", "二楼", "沿街", "商铺", "房屋", "全体", "部分", "许多", "很多", "所有",
  ])
  /// A name goes on: "长风二村" + "风荷苑".
  private static let nameEnds = UnitSet("苑园村坊邸庭城墅府湾寓厦楼期区里")

  private static func reversed(_ words: [String]) -> UnitTrie { forward(words.map { String($0.reversed()) }) }
  private static func forward(_ words: [String]) -> UnitTrie {
    var trie = UnitTrie()
    for word in words { _ = trie.insert(word.utf16, fresh: 0) }
    return trie
  }

  /// Can a name begin here?
  static func opens(_ units: [UInt16], at start: Int) -> Bool {
    guard start > 0 else { return true }
    let before = units[start - 1]
    if !FoldedText.isHan(before) { return !FoldedText.isLetter(before) && !FoldedText.isDigit(before) }
    return leads.contains(before) || leadWords.anyBackwards(in: units, before: start)
  }

  /// Said of one's own home: "我住在", "本人是", "我们".
  static func isHome(_ units: [UInt16], at start: Int) -> Bool { homeWords.anyBackwards(in: units, before: start) }
  private static let homeWords = reversed(["住在", "住于", "家住", "我是", "我们", "本人是", "居住于", "租住", "购买了", "位于", "坐落于", "投诉", "举报", "反映"])

  enum End: Sendable { case clear, open, goesOn }

  /// How a name ends here: surely, perhaps, or it seems to go on.
  static func closes(_ units: [UInt16], at end: Int) -> End {
    guard end < units.count else { return .clear }
    let after = units[end]
    if !FoldedText.isHan(after) { return FoldedText.isLetter(after) ? .goesOn : .clear }
    if trailWords.longest(in: units, from: end) != nil { return .clear }
    if Numerals.digit(after) != nil, DoorPlate.begins(units, end) { return .clear }
    var i = end
    while i < min(end + 12, units.count) {
      // Nothing but more name up to the building's number or the end of the text.
      if FoldedText.isDigit(units[i]) { return .goesOn }
      guard FoldedText.isHan(units[i]) else { return .open }
      // "里面", "楼下" and the like never end a name.
      if trails.contains(units[i]) { return i == end ? .clear : .open }
      if trailWords.longest(in: units, from: i) != nil { return .open }
      if i < end + 6, nameEnds.contains(units[i]) { return .goesOn }
      i += 1
    }
    return i == units.count ? .goesOn : .open
  }
}
