import Configuration
import Foundation
import Kernel
import Logging
import People
import Retention
import StaffWeb
import StoragePostgres
import Typesetting
import WebSupport

/// How this copy of the program runs: from the environment (`LONGTANG_LISTEN_PORT`) first, then from a JSON file (`listen.port`), then
/// the values given here. Everything is checked at the start, and everything that is wrong is said at once.
///
/// | key | meaning | otherwise |
/// |---|---|---|
/// | `store.folder` | store, files and keys | `var/longtang` |
/// | `store.database` | `sqlite`: one file in `store.folder`; `postgres:host=… dbname=… user=…` or `postgres://user@host/name`: a server | `sqlite` |
/// | `store.replica` | a streaming replica of that server, `postgres:host=…`: lists, searches, exports and proofs are read there | none |
/// | `store.lag` | seconds by which the replica may be behind, 2 to 300; else the primary answers | `5` |
/// | `store.keys` | keys of sealed identities; keep them out of the back-up of the store | `<store.folder>/keys` |
/// | `listen.host`, `listen.port` | where to listen | `127.0.0.1`, `8080` |
/// | `public.url` | the address people type and QR codes carry | `http://<host>:<port>` |
/// | `tls.certificate`, `tls.key` | PEM files, when no proxy stands before the program | none |
/// | `proxies` | addresses or networks whose `X-Forwarded-For` is believed | none |
/// | `drain.pause` | seconds between `/ready` saying no and the door closing, 0 to 120: what the proxy needs to notice | `5` with `proxies`, else `0` |
/// | `work.port` | where `longtang work` answers `/health`, `/ready` and `/metrics`, on `listen.host` | nowhere |
/// | `limits.rate` | `on`, or `off` for measuring | `on` |
/// | `session.idle` | minutes without a request after which somebody is signed out, 5 to 240 | `30` |
/// | `session.longest` | hours after which a session ends in any case, 1 to 24 | `12` |
/// | `session.stepup` | minutes after which somebody proves anew to be themself before sealed data is opened, 1 to 240 | `15` |
/// | `metrics.token` | bearer token for `/metrics`, 16 characters or more; without one only this machine itself may ask | none |
/// | `log.slow` | milliseconds after which a statement is told in the log, 0 (never) to 60000 | `500` |
/// | `log.level` | `trace` … `critical` | `info` |
/// | `retention.rules` | the office's own retention rules, see `Data/retention/README.md` | none |
/// | `files.data`, `files.assets` | the folders `Data` and `Assets` | beside the program, or in the current folder |
/// | `files.javascript` | scripts of the packages libjs-leaflet and libjs-leaflet.markercluster, for the map | `/usr/share/javascript` |
/// | `map.tiles` | pictures under the map: `https://host/{z}/{x}/{y}.png` | none: the map has a grid of its own |
/// | `map.credit` | what the service of the pictures asks to be named as | empty |
/// | `map.datum` | the datum of the pictures: `wgs84` or `gcj02` | `wgs84` |
/// | `files.typesetter` | what `scripts/typesetter.sh` made: Python with typst, typefaces | `var/typesetter` beside `files.data` |
struct Config: Sendable {
  var store: URL
  var database: Database
  var replica: PostgresTarget?
  /// Seconds.
  var lag: Int
  var keys: URL
  var host: String
  var port: Int
  var publicURL: String
  var certificate: URL?
  var key: URL?
  var proxies: [AddressRange]
  /// Seconds.
  var drainPause: Int
  /// Of `longtang work`; nil when it answers nobody.
  var workPort: Int?
  var rateLimits: Bool
  var sessions: SessionLengths
  var metricsToken: String?
  /// Milliseconds; 0 tells of nothing.
  var slowStatement: Int
  var logLevel: Logger.Level
  var retentionRules: URL?
  var data: URL
  var assets: URL
  var typesetter: URL
  var scripts: URL
  var tiles: MapTiles?
  /// Every key with its value as resolved.
  private(set) var resolved: [(key: String, value: String)] = []
  /// Where a value that was given came from.
  private(set) var origins: [String: String] = [:]

  static let keys = [
    "store.folder", "store.database", "store.replica", "store.lag", "store.keys", "listen.host", "listen.port", "public.url",
    "tls.certificate", "tls.key", "proxies", "drain.pause", "work.port", "limits.rate", "session.idle", "session.longest",
    "session.stepup", "metrics.token", "log.slow", "log.level", "retention.rules", "files.data", "files.assets", "files.typesetter",
    "files.javascript", "map.tiles", "map.credit", "map.datum",
  ]
  /// Shown as set or not, never as they are.
  static let secrets: Set<String> = ["tls.key", "metrics.token"]
  static let environmentPrefix = "LONGTANG_"
  static func variable(_ key: String) -> String { environmentPrefix + key.uppercased().replacing(".", with: "_") }

  /// - Parameters:
  ///   - file: a JSON file; `LONGTANG_CONFIG` names one when this is nil; without either there is none.
  ///   - store: `--data` of the command line, before everything else.
  /// - Throws: `ConfigProblems`.
  static func load(file: String?, store: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment) async throws
    -> Config
  {
    var problems: [String] = []
    var ours: [String: String] = [:]
    for (name, value) in environment where name.hasPrefix(environmentPrefix) {
      ours[String(name.dropFirst(environmentPrefix.count))] = value
    }
    let named = ours.removeValue(forKey: "CONFIG")
    let path = file ?? named
    // Belongs to the tests, see `make test`.
    ours["SHARED"] = nil
    ours["TEST_POSTGRES"] = nil
    let names = Set(keys.map { variable($0).dropFirst(environmentPrefix.count) }.map(String.init))
    for name in ours.keys.sorted() where !names.contains(name) { problems.append("\(environmentPrefix)\(name)：没有这个配置项") }
    var origins: [String: String] = [:]
    for key in keys where ours[String(variable(key).dropFirst(environmentPrefix.count))] != nil { origins[key] = variable(key) }
    if let store {
      ours["STORE_FOLDER"] = store
      origins["store.folder"] = "--data"
    }
    var providers: [any ConfigProvider] = [EnvironmentVariablesProvider(environmentVariables: ours)]
    if let path {
      do {
        providers.append(
          try await FileProvider<JSONSnapshot>(
            config: ConfigReader(provider: InMemoryProvider(values: ["filePath": .init(.string(path), isSecret: false)]))))
        for key in try keysGiven(in: path) {
          if !keys.contains(key) { problems.append("\(path)：没有 \(key) 这个配置项") }
          if origins[key] == nil { origins[key] = path }
        }
      } catch { problems.append("\(path)：无法读取（\(error)）") }
    }
    var config = Config(ConfigReader(providers: providers), &problems)
    config.origins = origins
    guard problems.isEmpty else { throw ConfigProblems(all: problems) }
    return config
  }

  private init(_ reader: ConfigReader, _ problems: inout [String]) {
    func text(_ key: String) -> String? { reader.string(forKey: ConfigKey(key)).flatMap { $0.isEmpty ? nil : $0 } }
    func url(_ path: String) -> URL { URL(fileURLWithPath: path) }
    let folder = url(text("store.folder") ?? "var/longtang")
    store = folder
    database = .sqlite
    do { database = try Database(text("store.database") ?? "sqlite") } catch {
      problems.append("store.database：\((error as? Refusal)?.message ?? "\(error)")")
    }
    do { replica = try Self.replica(text("store.replica"), of: database) } catch {
      problems.append("store.replica：\((error as? Refusal)?.message ?? "\(error)")")
    }
    lag = 5
    keys = text("store.keys").map(url) ?? folder.appending(path: "keys")
    host = text("listen.host") ?? "127.0.0.1"
    port = 8080
    if let number = reader.int(forKey: "listen.port") ?? text("listen.port").flatMap({ Int($0) }) {
      if (0...65535).contains(number) { port = number } else { problems.append("listen.port：应为 0 到 65535") }
    } else if text("listen.port") != nil {
      problems.append("listen.port：应为整数")
    }
    certificate = text("tls.certificate").map(url)
    key = text("tls.key").map(url)
    if (certificate == nil) != (key == nil) { problems.append("tls.certificate 与 tls.key 须同时给出") }
    for file in [certificate, key].compactMap({ $0 }) where !FileManager.default.isReadableFile(atPath: file.path) {
      problems.append("\(file.path)：证书文件不存在或不可读")
    }
    publicURL =
      text("public.url") ?? "\(certificate == nil ? "http" : "https")://\(host == "0.0.0.0" || host == "::" ? "127.0.0.1" : host):\(port)"
    while publicURL.hasSuffix("/") { publicURL.removeLast() }
    if let parsed = URL(string: publicURL), ["http", "https"].contains(parsed.scheme), parsed.host() != nil, parsed.path().isEmpty {
    } else {
      problems.append("public.url：应为 https://主机名[:端口]，不带路径")
    }
    proxies = []
    for part in reader.stringArray(forKey: "proxies") ?? [] {
      let trimmed = part.trimmingCharacters(in: .whitespaces)
      if let range = AddressRange(trimmed) { proxies.append(range) } else { problems.append("proxies：\(trimmed) 不是地址或网段") }
    }
    rateLimits = true
    switch text("limits.rate") {
    case nil, "on": rateLimits = true
    case "off": rateLimits = false
    default: problems.append("limits.rate：应为 on 或 off")
    }
    metricsToken = text("metrics.token")
    if let token = metricsToken, token.utf8.count < 16 || !token.utf8.allSatisfy({ (33...126).contains($0) }) {
      problems.append("metrics.token：应为至少 16 个可见字符，不含空格")
    }
    func number(_ key: String, in range: ClosedRange<Int>, otherwise: Int) -> Int {
      guard let given = text(key) ?? reader.int(forKey: ConfigKey(key)).map(String.init) else { return otherwise }
      if let number = Int(given), range.contains(number) { return number }
      problems.append("\(key)：应为 \(range.lowerBound) 到 \(range.upperBound) 的整数")
      return otherwise
    }
    workPort = nil
    if text("work.port") != nil || reader.int(forKey: "work.port") != nil {
      workPort = number("work.port", in: 1...65535, otherwise: 1)
      if workPort == port, port != 0 { problems.append("work.port：不能与 listen.port 相同") }
    }
    lag = number("store.lag", in: 2...300, otherwise: 5)
    drainPause = number("drain.pause", in: 0...120, otherwise: proxies.isEmpty ? 0 : 5)
    slowStatement = number("log.slow", in: 0...60_000, otherwise: 500)
    sessions = SessionLengths(
      idleMinutes: number("session.idle", in: SessionLengths.idleRange, otherwise: SessionLengths.standard.idleMinutes),
      longestHours: number("session.longest", in: SessionLengths.longestRange, otherwise: SessionLengths.standard.longestHours),
      stepUpMinutes: number("session.stepup", in: SessionLengths.stepUpRange, otherwise: SessionLengths.standard.stepUpMinutes))
    if sessions.idleMinutes > sessions.longestHours * 60 {
      problems.append("session.idle：不能超过 session.longest（\(sessions.longestHours) 小时）")
    }
    logLevel = .info
    if let level = text("log.level") {
      if let known = Logger.Level(rawValue: level) {
        logLevel = known
      } else {
        problems.append("log.level：应为 \(Logger.Level.allCases.map(\.rawValue).joined(separator: "、")) 之一")
      }
    }
    retentionRules = text("retention.rules").map(url)
    if let file = retentionRules {
      do { _ = try RetentionRules(reading: try Data(contentsOf: file), file: file.path, whole: false) } catch {
        problems.append("retention.rules：\((error as? DataFileError)?.description ?? "\(file.path) 不存在或不可读")")
      }
    }
    data = Self.folder("Data", configured: text("files.data"), holding: "offices", &problems)
    assets = Self.folder("Assets", configured: text("files.assets"), holding: "app.css", &problems)
    typesetter = text("files.typesetter").map(url) ?? TypesetterPlace.folder(beside: data)
    scripts = text("files.javascript").map(url) ?? Composition.scripts
    tiles = nil
    let datum = text("map.datum") ?? "wgs84"
    if !["wgs84", "gcj02"].contains(datum) { problems.append("map.datum：应为 wgs84 或 gcj02") }
    if let template = text("map.tiles") {
      do throws(Refusal) { tiles = try MapTiles(template, credit: text("map.credit") ?? "", isGCJ: datum == "gcj02") } catch {
        problems.append("map.tiles：\(error.message)")
      }
    }
    resolved = [
      ("store.folder", store.path), ("store.database", database.description),
      ("store.replica", replica.map { "postgres: \($0)" } ?? ""), ("store.lag", String(lag)), ("store.keys", keys.path),
      ("listen.host", host),
      ("listen.port", String(port)),
      ("public.url", publicURL),
      ("tls.certificate", certificate?.path ?? ""), ("tls.key", key?.path ?? ""),
      ("proxies", proxies.map(\.description).joined(separator: ", ")), ("drain.pause", String(drainPause)),
      ("work.port", workPort.map(String.init) ?? ""), ("limits.rate", rateLimits ? "on" : "off"),
      ("session.idle", String(sessions.idleMinutes)), ("session.longest", String(sessions.longestHours)),
      ("session.stepup", String(sessions.stepUpMinutes)),
      ("metrics.token", metricsToken ?? ""), ("log.slow", String(slowStatement)),
      ("log.level", logLevel.rawValue), ("retention.rules", retentionRules?.path ?? ""), ("files.data", data.path),
      ("files.assets", assets.path), ("files.typesetter", typesetter.path),
      ("files.javascript", scripts.path), ("map.tiles", tiles?.template ?? ""), ("map.credit", tiles?.credit ?? ""), ("map.datum", datum),
    ]
  }

  private static func replica(_ text: String?, of database: Database) throws -> PostgresTarget? {
    guard let text else { return nil }
    guard case .postgres = database else {
      throw Refusal(.invalid, "longtang-database", "只有 store.database 是 PostgreSQL 时才能有备机")
    }
    guard case .postgres(let target) = try Database(text) else {
      throw Refusal(.invalid, "longtang-database", "应为 postgres: 加备机的连接串")
    }
    return target
  }

  /// `Data` and `Assets` lie beside the program when installed, and above `.build` or in the current folder when not.
  private static func folder(_ name: String, configured: String?, holding: String, _ problems: inout [String]) -> URL {
    let program = (Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])).resolvingSymlinksInPath()
      .deletingLastPathComponent()
    var candidates: [URL] = []
    if let configured {
      candidates = [URL(fileURLWithPath: configured)]
    } else {
      candidates = [
        program.appending(path: name), program.appending(path: "../share/longtang/\(name)").standardizedFileURL,
        URL(fileURLWithPath: FileManager.default.currentDirectoryPath).appending(path: name),
      ]
      var above = program
      for _ in 0..<5 {
        above.deleteLastPathComponent()
        candidates.append(above.appending(path: name))
      }
    }
    if let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0.appending(path: holding).path) }) { return found }
    problems.append("files.\(name.lowercased())：找不到 \(name) 目录（应含 \(holding)），请用 \(variable("files." + name.lowercased())) 指明")
    return candidates[0]
  }

  private static func keysGiven(in path: String) throws -> [String] {
    let json = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path)))
    func walk(_ value: Any, _ prefix: String) -> [String] {
      guard let object = value as? [String: Any] else { return [prefix] }
      return object.flatMap { walk($0.value, prefix.isEmpty ? $0.key : "\(prefix).\($0.key)") }
    }
    return walk(json, "").sorted()
  }

  /// What `longtang config check` prints.
  /// For the page of the system administrator: a secret says only whether it is set.
  var shown: [(key: String, value: String)] {
    resolved.map { key, value in (key, value.isEmpty ? "（未设）" : Self.secrets.contains(key) ? "（已设，不显示）" : value) }
  }

  var table: String {
    let width = Self.keys.map(\.count).max() ?? 0
    return resolved.map { key, value in
      let shown = value.isEmpty ? "（未设）" : Self.secrets.contains(key) ? "（已设，不显示）" : value
      return key.padding(toLength: width + 2, withPad: " ", startingAt: 0) + shown + (origins[key].map { "    ← \($0)" } ?? "")
    }.joined(separator: "\n")
  }
}

/// Which engine holds the store. Files and keys stay in the folder either way.
enum Database: Sendable, CustomStringConvertible {
  case sqlite
  case postgres(PostgresTarget)

  /// - Throws: `Refusal`; it repeats nothing of a connection string, which may hold a password.
  init(_ text: String) throws {
    if text == "sqlite" {
      self = .sqlite
    } else if text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") {
      self = .postgres(try PostgresTarget(text))
    } else if text.hasPrefix("postgres:") {
      self = .postgres(try PostgresTarget(String(text.dropFirst("postgres:".count))))
    } else {
      throw Refusal(.invalid, "longtang-database", "应为 sqlite，或 postgres: 加 PostgreSQL 连接串")
    }
  }
  /// Without the password.
  var description: String {
    switch self {
    case .sqlite: "sqlite"
    case .postgres(let target): "postgres: \(target)"
    }
  }
}

struct ConfigProblems: Error, CustomStringConvertible {
  let all: [String]
  /// Nothing but how the database is written.
  var isDatabaseAlone: Bool { !all.isEmpty && all.allSatisfy { $0.hasPrefix("store.database：") || $0.hasPrefix("store.replica：") } }
  var description: String { "配置有 \(all.count) 处问题：\n" + all.map { "  - \($0)" }.joined(separator: "\n") }
}
