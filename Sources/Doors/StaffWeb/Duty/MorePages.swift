import Kernel
import People
import WebSupport

/// “更多”: everything a person may open beside the daily places; and a short page of how the day goes for their role.
struct MorePages: Sendable {
  func routes(_ book: inout RouteBook) {
    book.get("/more", allow: .signedIn(nil)) { visit in try more(visit) }
    book.get("/help/work", allow: .signedIn(nil)) { visit in try help(visit) }
  }

  /// In the order of the page.
  private enum Group: String, CaseIterable {
    case duty = "值守与办理"
    case seeing = "数据与研判"
    case ground = "小区资料"
    case law = "法律与指引"
    case own = "本人"
  }
  private struct Entry {
    let group: Group
    let label: String
    let href: String
    let hint: String
    let icon: Icon
    let permission: Permission?
  }
  private static let entries: [Entry] = [
    .init(group: .duty, label: "值班", href: "/duty", hint: "值班表和未应答的呼叫", icon: .calendar, permission: .seeMatters),
    .init(group: .duty, label: "驻点与排班", href: "/rosters", hint: "谁在哪个小区，四周排班", icon: .calendar, permission: .seeMatters),
    .init(group: .duty, label: "我的排班", href: "/rosters/mine", hint: "四周里每个半天在哪里", icon: .walk, permission: .handleMatters),
    .init(group: .duty, label: "代理", href: "/account/deputy", hint: "不在岗时由谁接办", icon: .people, permission: .seeMatters),
    .init(group: .duty, label: "分级检查", href: "/inspections", hint: "本月谁去、什么时候", icon: .walk, permission: .seeMatters),
    .init(group: .duty, label: "市级通报件", href: "/city-lists", hint: "不满意、未解决、未先行联系：认可或者申诉", icon: .bell, permission: .seeMatters),
    .init(group: .duty, label: "导入诉件", href: "/imports", hint: "热线和留言板的工单表", icon: .upload, permission: .importReports),
    .init(group: .duty, label: "导出回传", href: "/exports", hint: "按对方系统的列名", icon: .download, permission: .exportReports),
    .init(group: .seeing, label: "总览", href: "/dashboard", hint: "今天、本月和十三个月，数字都能打开", icon: .chart, permission: .seeMatters),
    .init(group: .seeing, label: "城管地图", href: "/map", hint: "哪里投诉多，按户数和事项看", icon: .pin, permission: .seeMatters),
    .init(group: .seeing, label: "通报", href: "/bulletins", hint: "周通报、月通报、年度考核，PDF 和表格", icon: .paper, permission: .seeMatters),
    .init(group: .seeing, label: "指标", href: "/figures", hint: "每个数字都能打开到诉件", icon: .chart, permission: .seeMatters),
    .init(group: .seeing, label: "交叉统计", href: "/lookups", hint: "任选行列和条件，可以存下来", icon: .chart, permission: .seeMatters),
    .init(group: .seeing, label: "反复投诉", href: "/patterns", hint: "研判、整治方案", icon: .refresh, permission: .seeMatters),
    .init(group: .seeing, label: "热点", href: "/hotspots", hint: "哪里偏多、重点小区名单", icon: .pin, permission: .seeMatters),
    .init(group: .seeing, label: "成效评估", href: "/effects", hint: "专项行动和试点有没有用", icon: .check, permission: .seeMatters),
    .init(group: .seeing, label: "小区分级", href: "/grades", hint: "等级、为什么、升降", icon: .compound, permission: .seeMatters),
    .init(group: .ground, label: "导入小区名册", href: "/compounds/import", hint: "Excel 或者 CSV", icon: .compound, permission: .importCompounds),
    .init(group: .ground, label: "地图轮廓", href: "/map/outlines", hint: "区界、街镇界、小区范围（GeoJSON）", icon: .upload, permission: .importCompounds),
    .init(group: .ground, label: "打印城管码", href: "/code-sheets", hint: "小区和工作室的码，A4", icon: .qr, permission: .seeCompounds),
    .init(group: .ground, label: "社区工作室", href: "/studios-admin", hint: "地址、开放时间和电话", icon: .pin, permission: .editCompounds),
    .init(group: .law, label: "执法事项目录", href: "/catalogue", hint: "条文、罚款幅度和证据", icon: .law, permission: .seeCatalogue),
    .init(group: .law, label: "执法指引", href: "/guides", hint: "指导案例、文书范本、工作指引", icon: .paper, permission: .seeCases),
    .init(group: .law, label: "个人信息保存与删除", href: "/retention", hint: "保存多久、什么时候删、依申请删除", icon: .shield, permission: .agreeToErasure),
    .init(group: .own, label: "我的账户", href: "/account", hint: "密码、两步验证、登录的设备", icon: .person, permission: nil),
    .init(group: .own, label: "使用说明", href: "/help/work", hint: "您这个岗位的一天", icon: .info, permission: nil),
  ]

  private func more(_ visit: Visit) throws -> Page {
    let person = try visit.person
    let groups = Group.allCases.compactMap { group -> HTML? in
      let ways = Self.entries.filter { $0.group == group && ($0.permission.map(person.may) ?? true) }
        .map { Way($0.label, $0.hint, $0.href, $0.icon) }
      return ways.isEmpty ? nil : "<h2>\(group.rawValue)</h2>\(Way.list(group.rawValue, ways))"
    }
    var page = visit.page("更多", active: "more")
    page.main = "\(UI.heading("更多", sub: "\(person.name)，\(person.role.chinese)"))\(HTML.join(groups, "\n"))"
    return page
  }

  private func help(_ visit: Visit) throws -> Page {
    let person = try visit.person
    var page = visit.page("使用说明", active: "more")
    page.crumbs = [.init("更多", "/more")]
    let steps = RoleHelp.steps(person.role)
    page.main = """
      \(UI.heading("使用说明", sub: "\(person.role.chinese)的一天"))
      <ol class="plain-list">\(each: steps, { "<li><p><b>\($0.what)</b><br>\($0.how)</p></li>" })</ol>
      \(UI.section("都要知道", "<ul class=\"plain-list\"><li>诉求人的姓名、电话和原话是封存的。写明用途才能看，每看一次都有记录。</li><li>出错页面上有一个编号，报修时告诉系统管理员。</li><li>填写到一半断网，内容留在本机，连上后再提交。</li></ul>"))
      """
    return page
  }
}

/// The day of each role in a few lines.
enum RoleHelp {
  static func steps(_ role: Role) -> [(what: String, how: String)] {
    switch role {
    case .officer:
      [
        ("先看“我的今天”", "最先到时的在最上面，时限旁写着还剩多少。"), ("先行联系", "联系后当场记结果；没有接通也要记，换个时间再联系。"),
        ("现场核查", "到现场在手机上记：看到什么、照片、是否属实。上门无人也是一次记录。"), ("答复送审", "写清查了什么、认定什么、怎么处理。审核通过后居民才能看到。"),
      ]
    case .squadLeader:
      [
        ("先看要您决定的", "审核答复、批准延期、派给队员。"), ("看超期和临期", "超期的会写明超了多少。"), ("排班和代理", "值班表按周排，队员不在岗时安排代理。"),
        ("维护小区资料", "责任队员、别名、项目经理电话变了就更正。"),
      ]
    case .dispatcher:
      [
        ("收件箱", "每件写着在哪、是什么、像不像已有的事项，依据是原文里的哪几个字。"), ("派单", "核对后派给中队；不属于本部门的移送或者退回。"),
        ("导入热线工单", "先预览再导入；有问题的行下载改好后单独再导一次。"), ("回访和回传", "办结的回访后导出，列名和热线系统一致。"),
      ]
    case .legalReviewer:
      [
        ("看待审核的案件", "“待我办”里是提请审核和等待决定的案件。"), ("逐项审核", "主体、管辖、事实、证据、适用、程序、裁量、文书、是否涉嫌犯罪。"),
        ("退回要写明理由", "承办人员照着补充后再提请；通过和退回都记入案卷。"),
      ]
    case .agencyHead:
      [("看待决定的案件", "应当法制审核、集体讨论而没有的，系统不让决定，并写明条文。"), ("决定不重于告知", "比事先告知更重的须重新告知。"), ("强制执行", "申请法院执行、强制拆除由您签批。")]
    case .districtManager, .cityManager:
      [("看在办和超期", "数字都能点开，看到是哪些事项。"), ("催办和督办", "写明理由，中队马上能看到。"), ("小区档案", "一小区一档：一年办了什么、反复的是哪些。"), ("导出", "按期间导出办理情况，不含诉求人信息。")]
    case .firmUser, .committeeUser:
      [("报告问题", "选小区、写清楚哪一幢哪一户、拍照。发现后 24 小时内报告。"), ("保存查询码", "报告后有一个查询码，可以随时看进展。"), ("我的诉件", "看报告过的每一件办到哪一步。")]
    case .systemAdmin: [("看状态", "红色的先处理：后台作业、磁盘、节假日安排。"), ("停下的作业", "看清最后的错误，排除后重新执行。"), ("机构和名册", "机构随文件更新；小区名册先预览再导入。")]
    case .securityAdmin:
      [
        ("新建账号", "一人一号。一次性密码当面交给本人，只显示一次。"), ("离岗当天停用", "停用后登录和接口令牌随即失效。"), ("重设密码、两步验证和解除锁定", "当面核对身份后办理；重设记入日志，本人会看到提示。"),
        ("诉求人要求删除个人信息", "在“更多”里提出，另一人同意后执行。"), ("岗位分离", "系统、安全、审计三类管理员不能由同一人担任。"),
      ]
    case .auditAdmin:
      [("看谁看了身份", "用途和办理对不上的，抽出来问；一天里次数多的、夜间的，首页会列出来。"), ("看登录", "同一网段连续失败、深夜登录，值得留意。"), ("核验日志", "定期核验，把封存值抄存在系统之外。")]
    }
  }
}
