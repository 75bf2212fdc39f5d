import Matters
import Storage

/// The journal in words, for those who read it.
enum JournalWords {
  /// The kinds a person may search by.
  static let kinds: [(kind: String, label: String)] = [
    ("matter", "事项"), ("report", "诉件"), ("compound", "小区"), ("account", "账号"), ("office", "机构与值班"), ("import", "导入"),
    ("service_rating", "评价"), ("export", "导出"),
    ("roster_plan", "排班方案"), ("pattern", "反复投诉"), ("plan", "整治方案"), ("focus_list", "重点小区名单"), ("assessment", "成效评估"),
    ("inspection", "分级检查"), ("city_entry", "市级通报件"),
    ("population", "人口"), ("outline_set", "轮廓"), ("bulletin", "通报"), ("exhibit", "证据"), ("monitoring_device", "监控设备"), ("job", "后台作业"),
    ("sign_in", "未知登录名"), ("journal", "日志核验"),
  ]
  static func kind(_ kind: String) -> String { kinds.first { $0.kind == kind }?.label ?? kind }

  private static let actions: [String: String] = [
    "account-created": "新建账号", "account-disabled": "停用账号", "account-enabled": "启用账号", "account-unlocked": "解除锁定",
    "account-password-reset": "重设密码", "account-password-changed": "修改密码", "account-post-changed": "调整岗位", "account-signed-in": "登录",
    "account-signed-out": "退出登录", "account-sign-in-failed": "登录失败", "account-locked": "登录失败，账号锁定", "account-session-ended": "结束一处登录",
    "account-factor-enrolled": "开启两步验证", "account-factor-removed": "关闭两步验证", "account-factor-reset": "重设两步验证",
    "account-codes-renewed": "更换恢复码", "account-code-failed": "验证码有误", "import-errors-opened": "下载未导入的行",
    "account-sessions-ended": "结束其他登录", "account-token-issued": "签发接口令牌", "account-token-revoked": "吊销接口令牌",
    "account-deputy-appointed": "安排代理", "account-deputy-ended": "结束代理", "compound-added": "登记小区", "compound-imported": "导入小区",
    "compound-changed": "更正小区资料", "compound-alias-added": "添加别名", "compound-alias-removed": "删除别名", "compound-officer-assigned": "指定责任队员",
    "compound-buildings-added": "添加楼栋", "import-begun": "开始导入", "import-finished": "导入完成", "reports-exported": "导出回传",
    "looks-exported": "导出查看身份的记录", "report-erased": "删除个人信息", "report-erasure-asked": "提出删除个人信息",
    "report-erasure-agreed": "同意删除个人信息", "report-erasure-refused": "不同意删除个人信息", "import-erased": "删除导入的原始内容",
    "service_rating-erased": "删除评价的原话", "job-retried": "重新执行作业", "journal-check-asked": "要求核验日志", "journal-checked": "核验日志",
    "store-reopened": "退回迁走的库",
    "office-planted": "建立机构",
    "office-changed": "变更机构", "office-roster-set": "排班", "office-roster-cleared": "撤销排班", "office-duty-called": "值班呼叫",
    "office-duty-answered": "应答值班呼叫", "office-duty-escalated": "值班呼叫升级", "office-studio-opened": "设立工作室", "office-studio-changed": "变更工作室",
    "report-received": "收到诉件", "report-version": "诉件有新版本", "report-identity-opened": "查看封存身份", "matter-registered": "登记诉件，成立事项",
    "exhibit-added": "登记证据", "exhibit-looked-at": "查看证据原件", "exhibit-verified": "查证属实", "exhibit-rejected": "查证后不采用",
    "exhibit-masked": "制作公开用副本", "exhibit-exported": "导出证据", "exhibit-checked": "核验证据", "case-evidence-checked": "核验全部证据",
    "device-noted": "登记监控设备", "device-changed": "更正监控设备",
    "compound-graded": "小区分级变化", "compound-grade-set": "人工调整等级", "compound-grade-freed": "恢复按规则分级",
    "inspection-planned": "安排检查", "inspection-unplanned": "记录临时检查", "inspection-registered": "告知未改正，登记为事项",
    "inspection-erased": "删除检查照片", "inspection-assigned": "指定检查人", "inspection-done": "完成检查", "inspection-missed": "当月未检查",
    "inspection-dropped": "不再检查", "city-entry-entered": "导入市级通报件", "city-entry-matched": "通报件对上诉件",
    "city-entry-accepted": "认可通报", "city-entry-asked": "提出申诉", "city-entry-sent": "申诉报区局", "city-entry-returned": "退回申诉",
    "city-entry-upheld": "申诉成立", "city-entry-rejected": "申诉未成立", "report-city-listed": "列入市级通报",
    "report-city-withdrawn": "申诉成立，移出市级通报", "city-appeals-exported": "导出申诉", "lookup-exported": "下载交叉统计",
    "roster-asked": "编排四周", "roster-reckoned": "排班算完", "roster-cancelled": "取消排班计算", "roster-team-fixed": "人工指定小区的人或方式",
    "roster-shift-fixed": "人工改派一班", "roster-released": "取消人工改动", "roster-issued": "发布排班", "roster-superseded": "排班被后来的接续",
    "office-roster-rules": "设定排班规则", "office-roster-duty-added": "添加值班规则", "office-roster-duty-ended": "停用值班规则",
    "account-roster-noted": "登记队员排班资料", "account-leave-noted": "登记请假", "account-leave-ended": "取消请假", "compound-roster-noted": "登记小区排班资料",
    "population-set": "登记人口", "pattern-found": "发现反复投诉", "pattern-planned": "定为整治方案", "pattern-dismissed": "不另作方案",
    "pattern-over": "反复投诉已平息",
    "plan-opened": "建立整治方案", "plan-noted": "记录整治进展", "plan-done": "整治完成", "plan-dropped": "整治终止",
    "assessment-opened": "提出成效评估", "assessment-reckoned": "重新计算成效评估",
    "list-issued": "发布重点小区名单", "list-imported": "导入并发布重点小区名单", "list-withdrawn": "撤回重点小区名单",
    "outlines-imported": "导入轮廓", "outlines-removed": "删除轮廓", "bulletin-drafted": "起草通报", "bulletin-edited": "修改通报",
    "bulletin-issued": "印发通报", "bulletin-dropped": "作废通报",
    "matter-joined": "诉件并入事项", "matter-took-over": "接收并入的诉件", "matter-rated": "居民评价", "matter-overdue": "时限超期",
  ]
  static func action(_ action: String) -> String {
    if let known = actions[action] { return known }
    // The words of a matter's steps need its facts; without them the bare step is named.
    if action.hasPrefix("matter-"), let event = MatterEvent(rawValue: String(action.dropFirst(7))) { return event.chinese }
    let words = MatterStory.verb(action)
    return words == action ? action : words
  }
}
