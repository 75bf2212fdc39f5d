import Foundation
import People
import Testing

@testable import longtang

@Suite struct ConfigTests {
  static let files = [
    "LONGTANG_FILES_DATA": RouteWalkTests.root.appending(path: "Data").path,
    "LONGTANG_FILES_ASSETS": RouteWalkTests.root.appending(path: "Assets").path,
  ]

  @Test func withoutAnythingItListensHere() async throws {
    let config = try await Config.load(file: nil, environment: Self.files)
    #expect(config.host == "127.0.0.1")
    #expect(config.port == 8080)
    #expect(config.publicURL == "http://127.0.0.1:8080")
    #expect(config.keys.path.hasSuffix("var/longtang/keys"))
  }

  @Test func theCommandLineStandsBeforeTheEnvironmentAndThatBeforeTheFile() async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "longtang-\(UUID().uuidString).json")
    try Data(#"{"store":{"folder":"/of-file"},"listen":{"port":9000,"host":"0.0.0.0"},"public":{"url":"https://a.example/"}}"#.utf8).write(
      to: file)
    defer { unlink(file.path) }
    var environment = Self.files
    environment["LONGTANG_CONFIG"] = file.path
    environment["LONGTANG_LISTEN_PORT"] = "9001"
    let config = try await Config.load(file: nil, store: "/of-command", environment: environment)
    #expect(config.store.path == "/of-command")
    #expect(config.port == 9001)
    #expect(config.host == "0.0.0.0")
    #expect(config.publicURL == "https://a.example")
    #expect(config.table.contains("← LONGTANG_LISTEN_PORT"))
  }

  @Test func theStoreMayBeOnADatabaseServer() async throws {
    let config = try await Config.load(
      file: nil,
      environment: Self.files.merging(["LONGTANG_STORE_DATABASE": "postgres:host=db dbname=lt user=u password=geheim"]) { a, _ in a })
    #expect(config.database.description == "postgres: user=u dbname=lt host=db")
    let uri = try await Config.load(
      file: nil, environment: Self.files.merging(["LONGTANG_STORE_DATABASE": "postgres://u:geheim@db:5433/lt"]) { a, _ in a })
    #expect(!config.table.contains("geheim") && !uri.table.contains("geheim"))
    #expect(!config.shown.contains { $0.value.contains("geheim") })
    for wrong in ["mysql:geheim", "postgres:geheim", "postgres:host=a pasword=geheim"] {
      do {
        _ = try await Config.load(file: nil, environment: Self.files.merging(["LONGTANG_STORE_DATABASE": wrong]) { a, _ in a })
        Issue.record("\(wrong) was taken")
      } catch let problems as ConfigProblems {
        #expect(problems.all.count == 1 && problems.description.contains("store.database") && !problems.description.contains("geheim"))
      }
    }
  }

  @Test func theProxyIsGivenTimeAndTheMonitorsTokenIsASecret() async throws {
    let usual = try await Config.load(file: nil, environment: Self.files)
    #expect(usual.drainPause == 0 && usual.metricsToken == nil && usual.slowStatement == 500)
    let set = try await Config.load(
      file: nil, environment: Self.files.merging(["LONGTANG_PROXIES": "10.0.0.1", "LONGTANG_METRICS_TOKEN": "geheim-geheim-geheim"]) { $1 })
    #expect(set.drainPause == 5 && set.metricsToken == "geheim-geheim-geheim")
    #expect(!set.table.contains("geheim") && !set.shown.contains { $0.value.contains("geheim") })
    #expect(set.workPort == nil)
    let worker = try await Config.load(file: nil, environment: Self.files.merging(["LONGTANG_WORK_PORT": "9102"]) { $1 })
    #expect(worker.workPort == 9102)
    for wrong in [
      ["LONGTANG_METRICS_TOKEN": "short"], ["LONGTANG_DRAIN_PAUSE": "121"], ["LONGTANG_LOG_SLOW": "-1"], ["LONGTANG_WORK_PORT": "0"],
      ["LONGTANG_WORK_PORT": "8080"],
    ] {
      await #expect(throws: ConfigProblems.self) { try await Config.load(file: nil, environment: Self.files.merging(wrong) { $1 }) }
    }
  }

  @Test func anOfficeSetsHowLongSessionsLast() async throws {
    let usual = try await Config.load(file: nil, environment: Self.files)
    #expect(usual.sessions == .standard && usual.shown.contains { $0.key == "session.idle" && $0.value == "30" })
    let file = FileManager.default.temporaryDirectory.appending(path: "longtang-\(UUID().uuidString).json")
    try Data(#"{"session":{"idle":15,"longest":8}}"#.utf8).write(to: file)
    defer { unlink(file.path) }
    let set = try await Config.load(
      file: file.path, environment: Self.files.merging(["LONGTANG_SESSION_LONGEST": "9"]) { a, _ in a })
    #expect(set.sessions == SessionLengths(idleMinutes: 15, longestHours: 9))
    await #expect(throws: ConfigProblems.self) {
      try await Config.load(
        file: nil,
        environment: Self.files.merging(["LONGTANG_SESSION_IDLE": "120", "LONGTANG_SESSION_LONGEST": "1"]) { a, _ in a })
    }
  }

  @Test func everythingWrongIsSaidAtOnce() async throws {
    let wrong = [
      "LONGTANG_LISTEN_PORT": "99999", "LONGTANG_PUBLIC_URL": "ftp://x", "LONGTANG_PROXIES": "10.0.0.0/8,nonsense",
      "LONGTANG_LOG_LEVEL": "loud",
      "LONGTANG_TLS_KEY": "/nowhere.pem", "LONGTANG_LISTEN_PROT": "1", "LONGTANG_LIMITS_RATE": "perhaps",
      "LONGTANG_SESSION_IDLE": "4", "LONGTANG_SESSION_LONGEST": "long",
    ]
    do {
      _ = try await Config.load(file: nil, environment: wrong.merging(Self.files) { a, _ in a })
      Issue.record("accepted")
    } catch let problems as ConfigProblems {
      for word in [
        "LONGTANG_LISTEN_PROT", "listen.port", "public.url", "nonsense", "log.level", "tls.certificate", "/nowhere.pem", "limits.rate",
        "session.idle", "session.longest",
      ] {
        #expect(problems.all.contains { $0.contains(word) }, "\(word)")
      }
    }
  }
}
