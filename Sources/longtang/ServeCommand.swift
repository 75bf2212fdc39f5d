import ArgumentParser
import Cases
import CityLists
import Figures
import Foundation
import Grades
import HotSpots
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Kernel
import Logging
import Lookups
import Matters
import NIOCore
import NIOSSL
import Patterns
import People
import Retention
import ServiceLifecycle
import Storage
import Typesetting
import UnixSignals
import WebSupport

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "serve", abstract: "启动网页、接口和后台作业")
  @OptionGroup var common: Common
  @Flag(help: "只启动网页和接口，后台作业另由 longtang work 执行（仅限 PostgreSQL：嵌入式库只能由一个程序使用）。")
  var noWorker = false

  func run() async throws {
    let config = try await common.load()
    let logger = common.logger("longtang", config)
    OpenFiles.raise()
    let composition = try await Composition.open(config, as: .serve)
    composition.tellTypesetter(logger)
    let loading = composition.loadUnderstanding(config, logger, following: true)
    let site = composition.site(
      publicURL: config.publicURL, proxies: config.proxies, limits: config.rateLimits ? .standard : .off, sessions: config.sessions)
    var quiet = logger
    quiet.logLevel = max(.notice, config.logLevel)
    let app = try Application(
      router: composition.router(site, access: common.logger("access", config)), server: Self.server(config),
      configuration: .init(address: .hostname(config.host, port: config.port), serverName: nil, backlog: 512),
      onServerRunning: { channel in
        let port = channel.localAddress?.port ?? config.port
        print("弄堂已启动：\(config.publicURL)（监听 \(config.host):\(port)\(composition.house.isDemonstration ? "，演示数据" : "")）")
        // Whoever waits for this line through a pipe sees it now.
        fflush(nil)
      }, logger: quiet)
    var services: [any Service] = [WaterlineKeeping(folder: config.store, store: composition.house.store, logger: logger), app]
    services.append(RateExchanging(exchange: site.exchange, house: composition.house, logger: logger))
    if !noWorker { services.append(composition.worker(logger, sessions: config.sessions)) }
    // Services end from the last to the first: only after the pause the jobs, then the door.
    services.append(Draining(watch: composition.watch, pause: .seconds(config.drainPause), logger: logger))
    do {
      try await ServiceGroup(
        configuration: .init(services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
      ).run()
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      // It takes its leave: nobody shall look for a program that never began.
      loading.cancel()
      await loading.value
      try await composition.house.store.close()
      throw Refusal(
        .conflict, "longtang-port-taken", "\(config.host):\(config.port) 已被占用，可能已有一个弄堂在运行；换一个端口请用 LONGTANG_LISTEN_PORT。")
    }
    loading.cancel()
    await loading.value
    try await composition.house.store.close()
    withExtendedLifetime(composition.lock) {}
  }

  /// A connection that says nothing for a minute is closed, and one that has not said its whole head by then; headers have 16 kB, which is
  /// plenty for honest browsers.
  static func server(_ config: Config) throws -> HTTPServerBuilder {
    let http = HTTPServerBuilder.http1(
      configuration: .init(
        additionalChannelHandlers: [HeadDeadline(.seconds(60))], idleTimeout: .seconds(60),
        httpDecoderConfiguration: .init(maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100)))
    guard let certificate = config.certificate, let key = config.key else { return http }
    var tls = TLSConfiguration.makeServerConfiguration(
      certificateChain: try NIOSSLCertificate.fromPEMFile(certificate.path).map { .certificate($0) },
      privateKey: .privateKey(try NIOSSLPrivateKey(file: key.path, format: .pem)))
    tls.minimumTLSVersion = .tlsv12
    return try .tls(http, tlsConfiguration: tls)
  }
}

struct WorkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "work", abstract: "只执行后台作业；配置了 work.port 时在那里回答 /health、/ready 和 /metrics")
  @OptionGroup var common: Common

  func run() async throws {
    let config = try await common.load()
    let logger = common.logger("longtang", config)
    let composition = try await Composition.open(config, as: .work)
    composition.tellTypesetter(logger)
    let loading = composition.loadUnderstanding(config, logger, following: true)
    var quiet = logger
    quiet.logLevel = max(.notice, config.logLevel)
    var services: [any Service] = [WaterlineKeeping(folder: config.store, store: composition.house.store, logger: logger)]
    if let port = config.workPort {
      services.append(
        Application(
          router: try composition.watchRouter(
            composition.site(publicURL: config.publicURL, limits: .off), access: common.logger("access", config)),
          configuration: .init(address: .hostname(config.host, port: port), serverName: nil), logger: quiet))
    }
    services += [
      composition.worker(logger, sessions: config.sessions),
      Draining(watch: composition.watch, pause: .zero, logger: logger),
    ]
    print("后台作业已启动")
    fflush(nil)
    do {
      try await ServiceGroup(
        configuration: .init(services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
      ).run()
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      // It takes its leave: nobody shall look for a program that never began.
      loading.cancel()
      await loading.value
      try await composition.house.store.close()
      throw Refusal(.conflict, "longtang-port-taken", "work.port：\(config.host):\(config.workPort ?? 0) 已被占用，请换一个端口（LONGTANG_WORK_PORT）。")
    }
    loading.cancel()
    await loading.value
    try await composition.house.store.close()
    withExtendedLifetime(composition.lock) {}
  }
}

extension Composition {
  /// Papers without PDF are no reason not to serve, and none to be silent.
  func tellTypesetter(_ logger: Logger) {
    let missing = cases.typesetter?.place.missing ?? []
    if missing.isEmpty { return }
    logger.warning(
      "papers cannot be made as PDF, run scripts/typesetter.sh", metadata: ["missing": "\(missing.joined(separator: " "))"])
  }
  func worker(_ logger: Logger, sessions: SessionLengths) -> Worker {
    let (matters, cases, figures, lookups) = (matters, cases, figures, lookups)
    let ids = house.ids
    return Worker(
      house: house, handlers: handlers,
      ring: {
        _ = try await matters.ringClocks()
        _ = try await cases.ringClocks()
        try await figures.enqueueWhenDue()
        try await lookups.enqueueWhenDue()
      },
      prune: { db, now in
        try Jobs.prune(at: now, db)
        try SignIn.prune(lengths: sessions, at: now, db)
        try SpentForms.prune(at: now, db)
        try Retention.enqueue(at: now, ids: ids, db)
        try Patterns.enqueue(at: now, ids: ids, db)
        try HotSpots.enqueue(at: now, ids: ids, db)
        try Grades.enqueue(at: now, ids: ids, db)
        try CityLists.enqueue(at: now, ids: ids, db)
        try Cases.enqueueNight(at: now, ids: ids, db)
      },
      tidy: {
        try await cases.clearUploads()
        try await matters.clearUploads(alsoReferredTo: Composition.otherFileColumns)
      }, logger: logger)
  }
}
