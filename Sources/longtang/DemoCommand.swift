import ArgumentParser
import Kernel
import Storage

/// A pilot city to look around in. Says 演示数据 on every page; cannot be made where a real office is.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "demo", abstract: "建立演示库")
  @OptionGroup var common: Common

  func run() async throws {
    throw Refusal(.unavailable, "longtang-no-pilot", "演示城市尚未备好。")
  }
}
