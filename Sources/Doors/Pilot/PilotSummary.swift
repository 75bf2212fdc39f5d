import Kernel
import People

extension Pilot.City {
  /// So many of a role are listed: a city has two hundred reviewers, and whoever looks for one has the page of accounts.
  private static let mostAccounts = 12

  /// What `make run` prints: who can sign in, and what a resident can open.
  public var summary: String {
    var lines = ["演示城市：小区 \(compounds) 个，诉件 \(reports) 件，事项 \(matters) 件。"]
    if !lively.isEmpty {
      lines.append("先用这几个账号登录看看，密码 \(Pilot.password)：")
      lines += lively.map { "  \($0.login.padding(18))\($0.about)" }
    }
    lines.append("演示账号，密码均为 \(Pilot.password)：")
    for role in Role.allCases {
      let all = accounts.filter { $0.role == role }
      for one in all.prefix(Self.mostAccounts) {
        lines.append("  \(one.login.padding(18))\(role.chinese)　\(one.name)\(one.unit.isEmpty ? "" : "（\(one.unit)）")")
      }
      if all.count > Self.mostAccounts { lines.append("  另有 \(all.count - Self.mostAccounts) 名\(role.chinese)，系统管理员可在“账号”页查看") }
    }
    lines.append("正式的库里，法制审核员、机关负责人、区局、市局和三类管理员须两步验证才能进入；演示账号不强制，可在“我的账户”里试用。")
    lines.append("小区码（扫码页）：")
    lines += codes.map { "  \($0.no)  \($0.name)" }
    if !receipts.isEmpty {
      lines.append("居民查询码：")
      lines += receipts.map { "  \($0.code)  \($0.about)" }
    }
    return lines.joined(separator: "\n")
  }
}

extension String {
  fileprivate func padding(_ width: Int) -> String { self + String(repeating: " ", count: Swift.max(1, width - count)) }
}
