import Backup
import Cases
import Catalogue
import CityLists
import ClockBook
import Compounds
import Effects
import Figures
import Foundation
import Grades
import HotSpots
import Hummingbird
import Intake
import Kernel
import Logging
import Lookups
import Matters
import Moving
import Offices
import Overview
import Patterns
import People
import PublicWeb
import RestAPI
import Retention
import Rosters
import StaffWeb
import Storage
import StoragePostgres
import StorageSQLite
import Typesetting
import WebSupport
import WorkCalendar

/// Puts the house together: store, law, rooms and doors. The only place that knows them all.
struct Composition: Sendable {
  let house: House
  let clocks: ClockBook
  let catalogue: Catalogue
  let understander: LateUnderstander
  let matters: Matters
  let cases: Cases
  let patterns: Patterns
  let hotspots: HotSpots
  let effects: Effects
  let grades: Grades
  let cityLists: CityLists
  let figures: Figures
  var lookups: Lookups { Lookups(house: house, catalogue: catalogue) }
  let rosters: Rosters
  let overview: Overview
  var analysis: AnalysisRooms { AnalysisRooms(patterns: patterns, grades: grades, cityLists: cityLists, rosters: rosters) }
  let assets: AssetFolder
  let mappings: MappingFolder
  var retention: Retention
  /// Scripts that the system's packages bring.
  var vendor = VendorFolder(Self.scripts)
  /// Pictures under the map; none unless configured.
  var tiles: MapTiles?
  /// Where Debian puts them.
  static let scripts = URL(fileURLWithPath: "/usr/share/javascript")
  /// What `/system` shows of how the program was started; empty in tests.
  var configuration: [(key: String, value: String)] = []
  var folder: URL?
  /// Held as long as the program runs.
  var lock: StoreLock?
  let watch = DoorWatch()
  var metricsToken: String?
  /// For how long who has written is kept away from a replica; nil without one.
  var secondsAfterWrite: Int?

  /// Every room's tables, in the order in which they refer to each other.
  static let migrations: [Migration] =
    House.migrations + ClockBook.migrations + OfficesMigrations.all + CompoundsMigrations.all + PeopleMigrations.all
    + [CatalogueNotes.migration]
    + IntakeMigrations.all + MattersMigrations.all + RetentionMigrations.all + CasesMigrations.all + PatternsMigrations.all
    + FiguresMigrations.all + LookupsMigrations.all + HotSpotsMigrations.all + EffectsMigrations.all + GradesMigrations.all
    + CityListsMigrations.all + RostersMigrations.all + OverviewMigrations.all

  /// Every column that names a file of the vault.
  static let fileColumns = Matters.fileColumns + otherFileColumns
  /// Those of the rooms above `Matters`, which clears uploads away.
  static let otherFileColumns =
    Cases.fileColumns + Cases.paperFileColumns + Guides.fileColumns + Grades.fileColumns + OverviewMigrations.fileColumns

  /// How the full-text tables are made anew.
  static let search = [ReportStore.search.marked(by: MatterMarks.rows)]

  /// Brings the store up to this program's schema and reads the law.
  static func open(_ config: Config, as kind: Node.Kind) async throws -> Composition {
    guard try await StoreFolder.exists(config) else {
      throw Refusal(.missing, "longtang-no-store", "\(StoreFolder.place(config)) 中没有数据，请先运行 longtang init（正式）或 longtang demo（演示）。")
    }
    // Whoever stays has an embedded store alone; a command that ends by itself may come beside.
    let lock = kind == .command ? nil : try StoreLock.take(config, for: "longtang \(kind.rawValue)")
    let house = try await StoreFolder.open(config, as: kind, watched: true)
    var composition = try await Composition(house, data: config.data, assets: config.assets, typesetter: config.typesetter)
    composition.configuration = config.shown
    composition.folder = config.store
    composition.lock = lock
    composition.metricsToken = config.metricsToken
    composition.vendor = VendorFolder(config.scripts)
    composition.tiles = config.tiles
    if let own = config.retentionRules {
      let rules = try RetentionRules(reading: try Data(contentsOf: own), file: own.path, whole: false)
      composition.retention = Retention(house: house, rules: composition.retention.rules.replacing(with: rules))
    }
    composition.secondsAfterWrite = config.replica.map { _ in ReplicatedStore.secondsAfterWrite(lag: config.lag) }
    return composition
  }

  /// On a house that is there already: what tests use.
  /// - Parameter typesetter: what `scripts/typesetter.sh` made; nil for where it makes it.
  init(_ house: House, data: URL, assets: URL, typesetter: URL? = nil) async throws {
    let calendar = try WorkCalendar(reading: try Data(contentsOf: data.appending(path: "holidays/china.json")))
    let clocks = try ClockBook(
      calendar: calendar, table: try ClockTable(reading: try Data(contentsOf: data.appending(path: "clocks/clocks.json"))))
    let now = house.now()
    try await house.store.write { db in try clocks.plantRules(at: now, db) }
    self.house = house
    self.clocks = clocks
    catalogue = try Catalogue(reading: try Data(contentsOf: data.appending(path: "catalogue/items.json")))
    understander = LateUnderstander()
    let typesetter = Typesetter(
      TypesetterPlace(folder: typesetter ?? TypesetterPlace.folder(beside: data), layouts: data.appending(path: "papers")))
    cases = try Cases(
      house: house, clocks: clocks, catalogue: catalogue, data: { try Data(contentsOf: data.appending(path: $0)) }, typesetter: typesetter)
    var matters = Matters(house: house, clocks: clocks, catalogue: catalogue, understander: understander)
    matters.watchers = [cases.watcher]
    self.matters = matters
    patterns = Patterns(
      house: house, catalogue: catalogue,
      rules: try PatternRules(reading: try Data(contentsOf: data.appending(path: "patterns/rules.json"))))
    hotspots = HotSpots(
      house: house, catalogue: catalogue,
      method: try HotSpotMethod(reading: try Data(contentsOf: data.appending(path: "hotspots/method.json"))))
    effects = Effects(house: house, catalogue: catalogue, hotspots: hotspots)
    grades = Grades(
      matters: matters,
      rules: try GradeRules(
        reading: try Data(contentsOf: data.appending(path: "grades/rules.json")), items: Set(catalogue.items.map(\.slug))))
    cityLists = CityLists(
      matters: matters, mapping: try CityListMapping(reading: try Data(contentsOf: data.appending(path: "mappings/city-lists.json"))))
    figures = Figures(
      house: house, book: try FigureBook(reading: try Data(contentsOf: data.appending(path: "figures/figures.json"))))
    rosters = Rosters(house: house, calendar: calendar)
    overview = Overview(figures: figures, patterns: patterns, matters: matters, cases: cases, grades: grades, typesetter: typesetter)
    retention = Retention(
      house: house, rules: try RetentionRules(reading: try Data(contentsOf: data.appending(path: "retention/rules.json"))))
    self.assets = try AssetFolder(assets)
    mappings = try MappingFolder(folder: data.appending(path: "mappings"))
  }

  /// Every route of every door.
  var book: RouteBook {
    var book = RouteBook()
    assets.routes(&book)
    watching.routes(&book)
    api.routes(&book)
    SignInPages(house: house).routes(&book)
    ProofPages(house: house).routes(&book)
    PublicRoutes.register(&book, matters: matters, home: StaffPlaces.start)
    StaffRoutes.register(&book, matters: matters, cases: cases, analysis: analysis)
    FirmRoutes.register(&book, matters: matters)
    CodeRoutes.register(&book)
    office.routes(&book)
    RetentionPages(retention: retention).routes(&book)
    PatternRoutes.register(&book, patterns: patterns)
    HotSpotRoutes.register(&book, hotspots: hotspots)
    EffectPages(effects: effects).routes(&book)
    GradeRoutes.register(&book, grades: grades)
    CityListRoutes.register(&book, lists: cityLists)
    FigurePages(figures: figures, catalogue: catalogue).routes(&book)
    LookupPages(lookups: lookups).routes(&book)
    RosterRoutes.register(&book, rosters: rosters)
    OverviewRoutes.register(&book, overview: overview, vendor: vendor, tiles: tiles)
    CaseRoutes.register(&book, cases: cases, matters: matters)
    DecisionPages(cases: cases).routes(&book)
    return book
  }

  /// For a program without doors: how it fares, and nothing else.
  func watchRouter(_ site: Site, access: Logger) throws -> Router<DoorContext> {
    var book = RouteBook()
    watching.routes(&book)
    return try book.router(site, logger: access)
  }

  var watching: WatchRoutes {
    WatchRoutes(
      house: house, understander: understander, watch: watch, token: metricsToken, kinds: handlers.map(\.kind), sizes: sizes)
  }

  var api: RestRoutes { RestRoutes(matters: matters, cases: cases, catalogue: catalogue) }

  /// What the worker runs.
  var handlers: [JobHandler] {
    let calendar = clocks.calendar
    return matters.jobs + [
      DutyCalls.handler(in: house, isWorkday: { calendar.isWorkday($0) }), JournalCheck.handler(in: house), retention.handler,
      patterns.handler, hotspots.handler, figures.handler, lookups.handler, grades.handler, cityLists.handler, rosters.handler,
    ] + cases.jobs
  }

  func site(publicURL: String, proxies: [AddressRange] = [], limits: RateLimits = .standard, sessions: SessionLengths = .standard)
    -> Site
  {
    var site = Site(
      house: house, publicURL: publicURL, assets: assets.versions, trustedProxies: proxies, limits: limits, sessions: sessions,
      watch: watch,
      places: StaffPlaces.places)
    site.secondsAfterWrite = secondsAfterWrite
    return site
  }
  func router(_ site: Site, access: Logger) throws -> Router<DoorContext> { try book.router(site, logger: access) }
}

/// The folder of one office's data: the store, the files, the keys.
enum StoreFolder {
  static func file(_ config: Config) -> URL { config.store.appending(path: "store.sqlite") }
  static func files(_ config: Config) -> URL { config.store.appending(path: "files") }
  static func exists(_ config: Config) async throws -> Bool {
    switch config.database {
    case .sqlite: return FileManager.default.fileExists(atPath: file(config).path)
    case .postgres:
      let store = try postgres(config, use: .look)
      let isEmpty = try await store?.isEmpty() ?? true
      try await store?.close()
      return !isEmpty
    }
  }
  /// Where the store is, for a sentence.
  static func place(_ config: Config) -> String {
    switch config.database {
    case .sqlite: config.store.path
    case .postgres(let target): "PostgreSQL（\(target)）"
    }
  }
  private static func postgres(_ config: Config, use: PostgresStore.Use = .work) throws -> PostgresStore? {
    guard case .postgres(let target) = config.database else { return nil }
    return try PostgresStore(target, logger: logger(config), use: use)
  }
  private static func server(_ config: Config, use: PostgresStore.Use, withReplica: Bool) async throws -> (any Store)? {
    guard let primary = try postgres(config, use: use) else { return nil }
    guard withReplica, let replica = config.replica else { return primary }
    let store = try ReplicatedStore(primary, replica: replica, lag: .seconds(config.lag), logger: logger(config))
    do { try await store.inspect() } catch {
      try await store.close()
      throw error
    }
    return store
  }
  static func logger(_ config: Config) -> Logger {
    var logger = Logger(label: "storage") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = config.logLevel
    return logger
  }
  /// The store, opened to be backed up, whatever became of the office since.
  static func backupSource(_ config: Config) throws -> (store: any Store, source: any BackupSource) {
    if let store = try postgres(config, use: .look) {
      return (store, RowSource(store, migrations: Composition.migrations, search: Composition.search, now: Wall.now()))
    }
    let store = try SQLiteStore(path: file(config).path, readers: 1, cacheKilobytes: 2048, writerCacheKilobytes: 2048)
    return (store, store)
  }
  /// To take back an office that was moved away.
  static func evenIfMoved(_ config: Config) throws -> any Store {
    if let store = try postgres(config, use: .look) { return store }
    return try SQLiteStore(path: file(config).path, readers: 1, evenIfMoved: true)
  }
  /// Why nobody may work in this store; nil when they may.
  /// - Parameter look: only to look at it, which a store that was left allows.
  private static func closed(_ store: any Store, _ config: Config, look: Bool) async throws -> Refusal? {
    let place = place(config)
    return try await store.read { db in
      if try StoreMarks.isHalfMoved(db) { return MoveRefusal.half(place) }
      return look ? nil : try StoreMarks.movedTo(db).map { MoveRefusal.left(place, $0) }
    }
  }

  /// Brings the store up to this program's schema and takes a place among the processes that share it, given back by `close()`.
  /// - Parameter patient: contract steps are left for later while an older program lives; otherwise that is refused.
  static func open(_ config: Config, as kind: Node.Kind, patient: Bool = true, watched: Bool = false) async throws -> House {
    var store = try await opened(config, look: false, watched: watched)
    let now = Wall.now
    let logger = logger(config)
    let seals = try SealRing(folder: config.keys)
    do {
      let outcome = try await Migrator.migrate(store, Composition.migrations, waits: patient, at: now())
      if !outcome.waiting.isEmpty {
        logger.notice("contract steps wait for older programs to go", metadata: ["steps": "\(outcome.waiting.joined(separator: " "))"])
      }
      let card = Nodes.Card(
        kind: kind, version: Longtang.version, steps: Composition.migrations.map(\.id), keys: try seals.tag("which keys"))
      let joined = try await JoinedStore(store, as: card, logger: logger, now: now)
      store = joined
      joined.membership.ids.begin(
        after: try await joined.read { db in try Migrator.newestIdentifier(Composition.migrations, at: now(), db) })
      return try await house(store, config, seals: seals, ids: joined.membership.ids)
    } catch {
      try await store.close()
      throw told(error, config)
    }
  }
  /// As it is, to be looked at: nothing in it is changed, and whoever opens it so hands out no identifiers.
  static func look(_ config: Config) async throws -> House {
    let store = try await opened(config, look: true, watched: false)
    do {
      return try await house(store, config, seals: try SealRing(folder: config.keys), ids: IdentifierSource(node: Nodes.numbers.upperBound))
    } catch {
      try await store.close()
      throw error
    }
  }

  private static func opened(_ config: Config, look: Bool, watched: Bool) async throws -> any Store {
    try FileManager.default.createDirectory(
      at: config.store, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    var store: any Store =
      try await server(config, use: look ? .look : .work, withReplica: watched) ?? SQLiteStore(path: file(config).path)
    do {
      if let refusal = try await closed(store, config, look: look) { throw refusal }
      if watched { try await Waterline.check(config.store, place: place(config), store) }
    } catch {
      try await store.close()
      throw told(error, config)
    }
    if watched, config.slowStatement > 0 {
      store = WatchedStore(store, threshold: .milliseconds(config.slowStatement), logger: logger(config))
    }
    return store
  }
  private static func told(_ error: any Error, _ config: Config) -> any Error {
    if case StorageError.moved(let mark) = error { return MoveRefusal.left(place(config), mark) }
    return error
  }
  private static func house(_ store: any Store, _ config: Config, seals: SealRing, ids: IdentifierSource) async throws -> House {
    let demonstration = try await store.read { db in try House.mark("demonstration", db) == "yes" }
    return House(
      store: store, vault: try FileVault(root: files(config)), seals: seals, ids: ids, isDemonstration: demonstration, now: Wall.now)
  }
}

/// The clock on the wall.
enum Wall {
  static let now: @Sendable () -> Moment = { Moment(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down))) }
}
