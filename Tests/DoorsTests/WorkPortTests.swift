import Foundation
import Kernel
import Storage
import TestHouse
import Testing

@testable import longtang

@Suite(.serialized) struct WorkPortTests {
  /// `longtang work` as a process of its own, watched like a server.
  @Test(.timeLimit(.minutes(2))) func aWorkerSaysHowItFares() async throws {
    let house = try await LiveHouse.make()
    defer { house.remove() }
    let port = try LiveServer.freePort()
    let process = Process()
    process.executableURL = try LiveServer.program
    process.arguments = ["work", "--data", house.folder.path]
    process.environment = LiveServer.environment(port: 0, data: house.data, database: house.database)
      .merging(["LONGTANG_WORK_PORT": String(port), "LONGTANG_LISTEN_PORT": "8080"]) { $1 }
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
    #expect(try await comes { try await SmallClient.ask(port, "GET", "/health")?.status == 200 } != nil)
    #expect(try await comes { try await SmallClient.ask(port, "GET", "/ready")?.status == 200 } != nil)
    // It leads: nobody else is there.
    let led = try await comes {
      try await SmallClient.ask(port, "GET", "/metrics")?.text.contains("\nlongtang_leading 1\n") == true
    }
    #expect(led != nil)
    let text = try await SmallClient.ask(port, "GET", "/metrics")?.text ?? ""
    #expect(text.contains("longtang_nodes{kind=\"work\"} 1\n") && text.contains("\nlongtang_nodes_lost 0\n"))
    // It has no other doors.
    #expect(try await SmallClient.ask(port, "GET", "/sign-in")?.status == 404)
    kill(process.processIdentifier, SIGTERM)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}
