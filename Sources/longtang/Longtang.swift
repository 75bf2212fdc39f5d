import ArgumentParser

@main
struct Longtang: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "longtang", abstract: "弄堂：小区综合执法一体化平台")
  func run() async throws {}
}
