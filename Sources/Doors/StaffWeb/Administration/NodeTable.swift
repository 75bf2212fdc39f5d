import Kernel
import Storage
import WebSupport

/// The programs at work on the store, for the system administrator.
enum NodeTable {
  /// - Parameter here: the number of the process that makes the page.
  static func html(_ nodes: [Node], here: Int) -> HTML {
    UI.table(
      "运行中的程序",
      [.init("程序", .what), .init("状态", .status), .init("时间", .meta), .init("编号", .desk)],
      nodes.map { node in
        UI.Row(
          nil,
          [
            UI.lines(
              "\(node.kind.chinese)\(node.number == here && !node.isGone ? "（本页）" : "")", "\(node.host)，进程 \(node.pid)，版本 \(node.version)"),
            state(node), UI.lines("\(UI.time(node.startedAt)) 启动", "最近消息 \(ago(node.silence))"), "\(node.number)",
          ], tone: node.isGone ? .soon : nil)
      }, dense: true, empty: UI.emptyState("没有登记的程序", "程序启动时登记，每十秒报一次平安。", icon: .check))
  }
  private static func state(_ node: Node) -> HTML {
    if node.isGone { return UI.tag("失去联系", .soon) }
    return node.isLeading ? UI.tag("运行中，负责定时", .good) : UI.tag("运行中", .neutral)
  }
  /// "5 秒前"
  static func ago(_ milliseconds: Int64) -> String {
    let seconds = milliseconds / 1000
    if seconds < 120 { return "\(seconds) 秒前" }
    return seconds < 7200 ? "\(seconds / 60) 分钟前" : "\(seconds / 3600) 小时前"
  }
}
