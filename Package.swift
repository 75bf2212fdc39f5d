// swift-tools-version: 6.2
import PackageDescription

// The manifest is the map of the house. Base knows no complaints, Rooms know no HTTP, Doors know no SQL.
// Arrows point down only: longtang -> Doors -> Rooms -> Base.

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let hummingbirdTesting = Target.Dependency.product(name: "HummingbirdTesting", package: "hummingbird")

/// Foundations: nothing here knows a report or a matter.
func base(_ name: String, _ deps: [Target.Dependency] = [], notes: [String] = []) -> Target {
  .target(name: name, dependencies: deps, path: "Sources/Base/\(name)", exclude: notes, swiftSettings: strict)
}
/// A C library of the system, named by its Debian package.
func system(_ name: String, pkg: String?, apt: String) -> Target {
  .systemLibrary(name: name, path: "Sources/Base/\(name)", pkgConfig: pkg, providers: [.apt([apt])])
}
/// A room: one field of the office's work. Knows SQL, never HTTP.
func room(_ name: String, _ deps: [Target.Dependency] = [], notes: [String] = []) -> Target {
  .target(
    name: name, dependencies: ["Kernel", "Storage", "Workflow", "WorkCalendar", "ClockBook", log] + deps,
    path: "Sources/Rooms/\(name)", exclude: notes, swiftSettings: strict)
}
/// A door: one way in from outside. Knows HTTP or the console, never SQL.
func door(_ name: String, _ deps: [Target.Dependency] = [], notes: [String] = []) -> Target {
  .target(name: name, dependencies: ["Kernel", log] + deps, path: "Sources/Doors/\(name)", exclude: notes, swiftSettings: strict)
}
func tests(_ name: String, _ deps: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: deps, path: "Tests/\(name)", swiftSettings: strict)
}

let package = Package(
  name: "longtang",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "longtang", targets: ["longtang"]),
    // Loaded by tests into the programs they harm; nothing links to it.
    .library(name: "FaultLine", type: .dynamic, targets: ["FaultLine"]),
  ],
  dependencies: [
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
    .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-configuration", exact: "1.4.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
  ],
  targets: [
    // MARK: Base
    /// ids, moments, days, money, places, refusals
    base("Kernel", ["CSpawn"]),
    /// working days, clocks and their arithmetic; pure
    base("WorkCalendar", ["Kernel"], notes: ["README.md"]),
    /// procedures as tables: role x state x event; pure
    base("Workflow", ["Kernel"]),
    /// bound SQL, transactions, migrations, journal, jobs, files, seals
    base("Storage", ["Kernel", crypto, log]),
    /// the embedded store: group commit, fsync
    base(
      "StorageSQLite",
      ["Storage", "Kernel", log, .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift")]),
    /// the store of an office with a database server: libpq, one thread for each connection
    base("StoragePostgres", ["Storage", "Kernel", "CPostgres", log]),
    /// an office moved from one store to another: rows, references, search, files
    base("Moving", ["Storage", "Kernel", crypto]),
    /// a store and its files, carried away and brought back
    base("Backup", ["Moving", "Storage", "StorageSQLite", "Kernel", crypto]),
    /// clocks as rows
    base("ClockBook", ["Kernel", "Storage", "WorkCalendar", crypto]),
    /// CSV and XLSX of real offices, in and out
    base("Sheets", ["CZlib"], notes: ["README.md"]),
    /// photos checked and cleaned; QR codes
    base("Pictures", ["CQRencode", "CGD"]),
    /// data to PDF, by worker processes
    base("Typesetting", ["Kernel"]),
    /// free Chinese text to place, item and same-as; pure
    base("Understanding", notes: ["Addresses/README.md", "Classes/README.md", "Places/README.md", "Repeats/README.md"]),
    /// hot spots, shrunk rates, whether complaints fell; pure
    base("Statistics", ["Kernel"], notes: ["README.md"]),
    /// stationing and rosters: a model, its bound, a timetable; pure
    base("Staffing", ["Kernel", "CClp"], notes: ["README.md"]),
    system("CSpawn", pkg: nil, apt: "libc6-dev"),
    system("CMalloc", pkg: nil, apt: "libc6-dev"),
    system("CZlib", pkg: "zlib", apt: "zlib1g-dev"),
    system("CQRencode", pkg: "libqrencode", apt: "libqrencode-dev"),
    system("CGD", pkg: "gdlib", apt: "libgd-dev"),
    system("CClp", pkg: "clp", apt: "coinor-libclp-dev"),
    system("CPostgres", pkg: "libpq", apt: "libpq-dev"),
    system("CArgon2", pkg: "libargon2", apt: "libargon2-dev"),
    // MARK: Rooms
    /// bureau, districts, squads, departments
    room("Offices", notes: ["README.md"]),
    /// accounts, roles, sign-in, deputies, duty roster
    room("People", ["Offices", "Sheets", "CArgon2", crypto], notes: ["README.md"]),
    /// compounds, buildings, firms, committees, studios
    room("Compounds", ["Offices", "People", "Sheets"], notes: ["README.md"]),
    /// what the law forbids: items with their basis
    room("Catalogue", ["People"], notes: ["README.md"]),
    /// reports as they came, understood
    room("Intake", ["Offices", "Compounds", "Catalogue", "Understanding", "Sheets", crypto]),
    /// the closed loop
    room("Matters", ["Offices", "People", "Compounds", "Catalogue", "Intake", "Sheets"]),
    /// the penalty case: the law's procedures as tables
    room(
      "Cases", ["Matters", "Catalogue", "Offices", "People", "Sheets", "Pictures", "Typesetting", "CZlib", crypto], notes: ["README.md"]),
    /// what is complained of again and again, and the plans against it
    room("Patterns", ["Offices", "People", "Compounds", "Catalogue", "Intake", "Matters"], notes: ["README.md"]),
    /// where complaints gather, lists of compounds made of it, and what became of each
    room(
      "HotSpots", ["Offices", "People", "Compounds", "Catalogue", "Intake", "Matters", "Cases", "Patterns", "Statistics", "Sheets"],
      notes: ["README.md"]),
    /// whether a campaign or a pilot helped
    room(
      "Effects", ["Offices", "People", "Compounds", "Catalogue", "Intake", "Matters", "Patterns", "HotSpots", "Statistics", "Sheets"],
      notes: ["README.md"]),
    /// what each compound gives cause for, and the visits that follow from it
    room(
      "Grades", ["Offices", "People", "Compounds", "Catalogue", "Intake", "Matters", "Cases", "Patterns"], notes: ["README.md"]),
    /// the city's monthly lists, and what is answered
    room("CityLists", ["Offices", "People", "Intake", "Matters", "Sheets"], notes: ["README.md"]),
    /// numbers that open: counts by month, the figures made of them, their rows
    room(
      "Figures", ["Offices", "People", "Compounds", "Catalogue", "Intake", "Matters", "Cases", "CityLists", "Sheets"], notes: ["README.md"]),
    /// cross tables and lists of what is asked for; saved questions
    room("Lookups", ["Offices", "People", "Compounds", "Catalogue", "Intake", "Matters", "Cases", "CityLists"], notes: ["README.md"]),
    /// who is stationed where, and who is where on each half-day of four weeks
    room(
      "Rosters", ["Staffing", "Offices", "People", "Compounds", "Intake", "Matters", "Cases", "Grades"], notes: ["README.md"]),
    /// what is to be seen of all rooms together: dashboards, the map, bulletins
    room(
      "Overview",
      [
        "Offices", "People", "Compounds", "Catalogue", "Intake", "Matters", "Cases", "Patterns", "Grades", "Figures", "Typesetting", crypto,
      ],
      notes: ["README.md"]),
    /// personal data ends when its time has come, or when its person asks
    room("Retention", ["Offices", "People", "Intake", "Matters", "Cases", "Grades"], notes: ["README.md"]),
    // MARK: Doors
    /// views, sessions, policies, forms
    door(
      "WebSupport", ["People", "Intake", "Pictures", "Storage", hummingbird, httpTypes, nioCore, crypto],
      notes: ["Views/README.md", "Server/README.md"]),
    /// pages for the office, the firm and the committee
    door(
      "StaffWeb",
      [
        "WebSupport", "Offices", "People", "Compounds", "Catalogue", "Intake", "Matters", "Cases", "Patterns", "HotSpots", "Effects",
        "Grades", "CityLists", "Figures", "Lookups", "Overview", "Retention",
        "Rosters", "Staffing", "Sheets", "Pictures",
        "WorkCalendar",
        "Workflow", "Storage", "ClockBook", hummingbird, httpTypes,
      ], notes: ["README.md", "Administration/README.md", "Codes/README.md", "Firm/README.md"]),
    /// the resident's code page and progress page
    door(
      "PublicWeb",
      [
        "WebSupport", "Offices", "People", "Compounds", "Catalogue", "Intake", "Matters", "Cases", "Pictures", "Storage", hummingbird,
        httpTypes,
      ],
      notes: ["README.md"]),
    /// /api/v1
    door(
      "RestAPI",
      [
        "WebSupport", "Offices", "People", "Compounds", "Catalogue", "Intake", "Matters", "Cases", "Pictures", "Workflow", "Storage",
        "ClockBook",
        "WorkCalendar", httpTypes,
      ]),
    /// the demonstration city
    door(
      "Pilot",
      [
        "Offices", "People", "Compounds", "Catalogue", "Intake", "Matters", "Cases", "Pictures", "Storage", "Understanding", "ClockBook",
        "WorkCalendar", "CGD",
      ]),
    /// measures the understanding on labelled files, reckons on tables of counts, plans from files
    door("Lab", ["Understanding", "Statistics", "Staffing", "Sheets"]),
    // MARK: Executable
    .executableTarget(
      name: "longtang",
      dependencies: [
        "CMalloc", "StaffWeb", "PublicWeb", "RestAPI", "Pilot", "Lab", "Statistics", "WebSupport", "Backup", "Moving", "StorageSQLite",
        "StoragePostgres", "Storage",
        "Kernel",
        "WorkCalendar",
        "Offices", "People", "Compounds", "Catalogue", "Intake", "Matters", "Patterns", "HotSpots", "Effects", "Grades", "CityLists",
        "Figures", "Lookups", "Rosters", "Overview", "Retention", "Cases", "Typesetting",
        "Sheets", "Staffing", "Understanding",
        "ClockBook",
        "Workflow", hummingbird, nioCore, nioHTTPTypes, log,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Configuration", package: "swift-configuration"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ], path: "Sources/longtang", swiftSettings: strict),
    // MARK: Tests
    /// a house of its own for every test: fresh store, keys, vault and a clock that stands still
    .target(
      name: "TestHouse", dependencies: ["Kernel", "Storage", "StorageSQLite", "StoragePostgres", log], path: "Tests/TestHouse",
      swiftSettings: strict),
    /// a district with a squad, its people and one compound, to be walked through the doors
    .target(
      name: "TestOffice",
      dependencies: [
        "TestHouse", "Cases", "Matters", "Intake", "People", "Compounds", "Offices", "Catalogue", "ClockBook", "WorkCalendar", "Storage",
        "Kernel",
      ],
      path: "Tests/TestOffice", swiftSettings: strict),
    /// a squad, a compound, a firm and a committee behind doors without a socket
    .target(
      name: "DoorScene",
      dependencies: [
        "TestHouse", "TestOffice", "WebSupport", "Cases", "Matters", "Intake", "Compounds", "People", "Offices", "Pictures", "Storage",
        "Kernel",
        hummingbird, hummingbirdTesting, httpTypes, nioCore, log,
      ], path: "Tests/DoorScene", swiftSettings: strict),
    /// lets a process of the tests run into a full disk, a failed sync, a clock that was set wrong
    .target(name: "FaultLine", path: "Tests/FaultLine", cSettings: [.define("_GNU_SOURCE")]),
    tests("BackupTests", ["Backup", "Moving", "Storage", "StorageSQLite", "Kernel", "TestHouse"]),
    tests(
      "CasesTests",
      [
        "Cases", "Matters", "Intake", "Compounds", "Catalogue", "ClockBook", "People", "Offices", "Sheets", "Storage", "Kernel",
        "WorkCalendar", "Workflow", "TestHouse", "TestOffice", "Typesetting",
      ]),
    tests(
      "CityListsTests",
      [
        "CityLists", "Figures", "ClockBook", "WorkCalendar", "Matters", "Intake", "People", "Compounds", "Offices", "Cases", "Catalogue",
        "Storage", "Sheets", "Kernel",
        "TestHouse", "TestOffice",
      ]),
    tests(
      "GradesTests",
      [
        "Grades", "Patterns", "Matters", "Intake", "People", "Compounds", "Offices", "Cases", "Catalogue", "Storage", "Kernel", "TestHouse",
        "TestOffice",
      ]),
    tests("CatalogueTests", ["Catalogue", "Kernel"]),
    tests("CompoundsTests", ["Compounds", "People", "Offices", "Sheets", "Storage", "Kernel", "TestHouse"]),
    tests(
      "DoorsTests",
      [
        "StaffWeb", "Cases", "Typesetting", "Patterns", "HotSpots", "Effects", "Grades", "CityLists", "Figures", "Lookups", "Rosters",
        "Overview",
        "longtang", "WebSupport", "Matters", "Intake", "People", "Compounds", "Offices", "Catalogue", "ClockBook", "WorkCalendar", "Sheets",
        "CGD", "CZlib", "Pictures", "Retention", "Storage", "StorageSQLite", "StoragePostgres", "Kernel", "TestHouse", hummingbird,
        hummingbirdTesting,
        httpTypes, nioCore, nioHTTPTypes, .product(name: "NIOEmbedded", package: "swift-nio"),
        log,
      ]),
    tests(
      "EvidenceTests",
      [
        "Cases", "StaffWeb", "WebSupport", "Matters", "Catalogue", "ClockBook", "People", "Offices", "Pictures", "CGD", "Storage", "Kernel",
        "Typesetting", "TestHouse", "TestOffice", hummingbird, hummingbirdTesting, httpTypes, nioCore, log, crypto,
      ]),
    tests(
      "EffectsTests",
      [
        "Effects", "HotSpots", "Patterns", "Matters", "Intake", "People", "Compounds", "Offices", "Catalogue", "Statistics", "Storage",
        "Kernel", "TestHouse", "TestOffice",
      ]),
    tests(
      "HotSpotsTests",
      [
        "HotSpots", "Patterns", "Cases", "Matters", "Intake", "People", "Compounds", "Offices", "Catalogue", "Statistics", "Sheets",
        "Storage", "Kernel", "TestHouse", "TestOffice",
      ]),
    tests("IntakeTests", ["Intake"]),
    tests(
      "FiguresTests",
      [
        "Figures", "CityLists", "Matters", "Intake", "People", "Compounds", "Offices", "Cases", "Catalogue", "Storage", "Sheets", "Kernel",
        "TestHouse",
        "TestOffice",
      ]),
    tests(
      "LookupsTests",
      [
        "Lookups", "CityLists", "Matters", "Intake", "People", "Compounds", "Offices", "Cases", "Catalogue", "Storage", "Sheets", "Kernel",
        "TestHouse",
        "TestOffice",
      ]),
    tests(
      "FirmWebTests",
      ["StaffWeb", "WebSupport", "Matters", "Intake", "People", "Storage", "Kernel", "DoorScene"]),
    tests("KernelTests", ["Kernel"]),
    // The readers as `scripts/fuzz.sh` feeds them, fed once with what it has found so far. Its targets name no type of a store or a door.
    .testTarget(
      name: "FuzzTests",
      dependencies: ["Sheets", "Pictures", "WebSupport", "Compounds", "Intake", "Understanding", "Storage", "Kernel"],
      path: "Tests/FuzzTests", exclude: ["Seeds"], swiftSettings: strict),
    tests(
      "LongtangTests",
      [
        "longtang", "WebSupport", "Cases", "Typesetting", "People", "Offices", "Catalogue", "WorkCalendar", "Storage", "Kernel",
        "TestHouse", hummingbird, hummingbirdTesting, httpTypes, nioCore, log, crypto,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    tests(
      "MovingTests",
      [
        "Moving", "Backup", "Pilot", "Cases", "Catalogue", "Matters", "Intake", "People", "Compounds", "Offices", "ClockBook", "Storage",
        "StorageSQLite",
        "StoragePostgres", "Kernel", "TestHouse",
      ]),
    tests(
      "MattersTests",
      [
        "Matters", "Intake", "People", "Compounds", "Offices", "Catalogue", "ClockBook", "WorkCalendar", "Workflow", "Storage", "Kernel",
        "TestHouse",
      ]),
    tests(
      "OfficeWebTests",
      [
        "StaffWeb", "Cases", "Patterns", "Grades", "Figures", "CityLists", "Overview", "WebSupport", "Matters", "Intake", "People",
        "Compounds", "Offices",
        "Catalogue", "ClockBook", "WorkCalendar", "Sheets",
        "Storage", "Kernel", "TestHouse", "TestOffice", hummingbird, hummingbirdTesting, httpTypes, nioCore, log,
      ]),
    tests("OfficesTests", ["Offices", "Storage", "Kernel", "TestHouse"]),
    tests(
      "OverviewTests",
      [
        "Overview", "Patterns", "Grades", "Figures", "CityLists", "Matters", "Intake", "People", "Compounds", "Offices", "Cases",
        "Catalogue",
        "Storage", "Kernel",
        "Typesetting", "TestHouse", "TestOffice",
      ]),
    tests(
      "PatternsTests",
      [
        "Patterns", "Matters", "Intake", "People", "Compounds", "Offices", "Catalogue", "Storage", "Kernel", "TestHouse", "TestOffice",
      ]),
    tests("PicturesTests", ["Pictures", "Kernel", "CGD"]),
    tests("PeopleTests", ["People", "Compounds", "Offices", "Storage", "Kernel", "TestHouse"]),
    tests(
      "PilotTests",
      [
        "Pilot", "Cases", "Matters", "Intake", "People", "Compounds", "Offices", "Catalogue", "ClockBook", "Storage", "Kernel", "TestHouse",
      ]),
    tests(
      "PublicWebTests",
      ["PublicWeb", "WebSupport", "Matters", "Intake", "People", "Pictures", "Storage", "Kernel", "DoorScene", httpTypes]),
    tests(
      "RetentionTests",
      [
        "Cases", "Catalogue", "Grades", "Patterns", "Retention", "Matters", "Intake", "People", "Offices", "Pictures", "Storage",
        "StorageSQLite",
        "Backup", "Kernel", "TestHouse", "TestOffice",
      ]),
    tests(
      "RostersTests",
      [
        "Rosters", "Staffing", "WorkCalendar", "Grades", "Matters", "Intake", "People", "Compounds", "Offices", "Cases", "Storage",
        "Kernel",
        "TestHouse", "TestOffice",
      ]),
    tests("SheetsTests", ["Sheets"]),
    tests(
      "StaffWebTests",
      [
        "StaffWeb", "WebSupport", "Cases", "Matters", "Intake", "People", "Offices", "ClockBook", "Storage", "Kernel", "TestHouse",
        "TestOffice",
        hummingbird, hummingbirdTesting, httpTypes, nioCore, log,
      ]),
    tests("StatisticsTests", ["Statistics", "Lab", "Kernel"]),
    tests("StaffingTests", ["Staffing", "Kernel"]),
    tests("TypesettingTests", ["Typesetting", "Kernel"]),
    tests("StorageTests", ["Storage", "StorageSQLite", "StoragePostgres", "Kernel", "TestHouse", log]),
    tests("UnderstandingTests", ["Understanding"]),
    tests(
      "WebSupportTests",
      [
        "WebSupport", "People", "Compounds", "Offices", "Storage", "Kernel", "TestHouse", hummingbird, hummingbirdTesting, httpTypes,
        nioCore, log,
      ]),
    tests("WorkCalendarTests", ["WorkCalendar", "Kernel"]),
  ],
  swiftLanguageModes: [.v6]
)
