import Foundation
import Kernel
import Testing
import Typesetting

/// The pool against a worker that this test writes: what a real one does when it is well, slow, dead or broken.
@Suite struct TypesetterTests {
  @Test func whatIsMissingIsSaidPlainly() async throws {
    let scene = try WorkerScene("pass")
    let place = TypesetterPlace(folder: scene.folder.appending(path: "nowhere"), layouts: scene.folder)
    let refusal = await scene.refusal { _ = try await Typesetter(place).pdf(Data("{}".utf8), dated: scene.day) }
    #expect(refusal?.code == "papers-typesetter-missing" && refusal?.kind == .unavailable)
    #expect(refusal?.message.contains("scripts/typesetter.sh") == true)
    // There, but without its typeface: the same, with what it lacks.
    let faceless = try WorkerScene("hello(['Other Face'])")
    let second = await faceless.refusal { _ = try await faceless.typesetter().pdf(Data("{}".utf8), dated: faceless.day) }
    #expect(second?.code == "papers-typesetter-missing" && second?.message.contains("Noto Serif CJK SC") == true)
  }

  @Test func oneWorkerAnswersManyInTurn() async throws {
    let scene = try WorkerScene("hello(); loop(lambda request: (0, (request['data'] + ' ' + str(os.getpid())).encode()))")
    let typesetter = scene.typesetter(size: 2)
    let answers = try await withThrowingTaskGroup(of: String.self) { group in
      for number in 0..<40 {
        group.addTask { String(decoding: try await typesetter.pdf(Data("文书\(number)".utf8), dated: scene.day), as: UTF8.self) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(answers.compactMap { $0.split(separator: " ").first }).count == 40)
    #expect((1...2).contains(Set(answers.compactMap { $0.split(separator: " ").last }).count))
  }

  @Test func aDocumentsOwnTroubleIsItsOwn() async throws {
    let scene = try WorkerScene(
      "hello(); loop(lambda request: (1, b'no such layout') if request['data'] == 'bad' else (0, str(os.getpid()).encode()))")
    let typesetter = scene.typesetter(size: 1)
    let before = try await typesetter.pdf(Data("good".utf8), dated: scene.day)
    let refusal = await scene.refusal { _ = try await typesetter.pdf(Data("bad".utf8), dated: scene.day) }
    #expect(refusal?.code == "papers-typesetter-failed" && refusal?.message.contains("no such layout") == true)
    #expect(try await typesetter.pdf(Data("good".utf8), dated: scene.day) == before, "the worker lives on")
  }

  @Test func aWorkerThatDiedIsReplaced() async throws {
    let scene = try WorkerScene("hello(); loop(lambda request: (0, str(os.getpid()).encode()), most=1)")
    let typesetter = scene.typesetter(size: 1)
    var seen: Set<Data> = []
    for _ in 0..<3 { seen.insert(try await typesetter.pdf(Data("x".utf8), dated: scene.day)) }
    #expect(seen.count == 3)
    // One that dies over every document is no reason to go on for ever.
    let hopeless = try WorkerScene("hello(); read(); sys.exit(3)")
    let refusal = await hopeless.refusal { _ = try await hopeless.typesetter().pdf(Data("x".utf8), dated: hopeless.day) }
    #expect(refusal?.code == "papers-typesetter-failed")
  }

  @Test func patienceEndsAndTheWorkerWithIt() async throws {
    let scene = try WorkerScene("hello(); loop(lambda request: time.sleep(60) if request['data'] == 'slow' else (0, b'done'))")
    let typesetter = scene.typesetter(size: 1, patience: .seconds(2))
    let refusal = await scene.refusal { _ = try await typesetter.pdf(Data("slow".utf8), dated: scene.day) }
    #expect(refusal?.code == "papers-typesetter-slow")
    #expect(try await typesetter.pdf(Data("quick".utf8), dated: scene.day) == Data("done".utf8))
  }

  @Test func tooManyAreToldSo() async throws {
    let scene = try WorkerScene("hello(); loop(lambda request: (time.sleep(0.3), (0, b'done'))[1])")
    let typesetter = scene.typesetter(size: 1, waitingLimit: 2)
    let codes = await withTaskGroup(of: String?.self) { group in
      for _ in 0..<8 { group.addTask { await scene.refusal { _ = try await typesetter.pdf(Data("x".utf8), dated: scene.day) }?.code } }
      return await group.reduce(into: [String?]()) { $0.append($1) }
    }
    #expect(codes.count { $0 == nil } == 3 && codes.count { $0 == "papers-typesetter-busy" } == 5)
  }

  @Test func aLargeDocumentGoesThroughThePipeBothWays() async throws {
    let scene = try WorkerScene("hello(); loop(lambda request: (0, request['data'].encode()))")
    let large = Data(String(repeating: "弄堂", count: 400_000).utf8)
    #expect(try await scene.typesetter().pdf(large, dated: scene.day) == large)
  }
}

/// A folder that looks like an installed typesetter, with a worker of the test's own.
final class WorkerScene: Sendable {
  let folder = FileManager.default.temporaryDirectory.appending(path: "typesetter-\(UUID().uuidString)")
  let day = Day(daysSinceEpoch: 20_000)
  var place: TypesetterPlace { TypesetterPlace(folder: folder, layouts: folder) }

  init(_ body: String) throws {
    let files = FileManager.default
    for part in ["venv/bin", "fonts"] { try files.createDirectory(at: folder.appending(path: part), withIntermediateDirectories: true) }
    try Data().write(to: folder.appending(path: "fonts/face.otf"))
    try Data().write(to: folder.appending(path: "main.typ"))
    // A link to a link of pyenv would look for its own name.
    try Data("#!/bin/sh\nexec /usr/bin/env python3 \"$@\"\n".utf8).write(to: folder.appending(path: "venv/bin/python"))
    try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.appending(path: "venv/bin/python").path)
    let script = """
      import json, os, struct, sys, time
      def answer(kind, body):
          sys.stdout.buffer.write(struct.pack(">BI", kind, len(body)) + body)
          sys.stdout.buffer.flush()
      def hello(families=["Noto Serif CJK SC"]):
          answer(0, json.dumps({"families": families}).encode())
      def read():
          head = sys.stdin.buffer.read(4)
          if len(head) < 4: sys.exit(0)
          return json.loads(sys.stdin.buffer.read(struct.unpack(">I", head)[0]))
      def loop(work, most=10**9):
          for _ in range(most):
              answer(*work(read()))
      \(body)
      """
    try Data(script.utf8).write(to: folder.appending(path: "typesetter.py"))
  }
  deinit {
    do { try FileManager.default.removeItem(at: folder) } catch { print("could not remove \(folder.path): \(error)") }
  }

  func typesetter(size: Int = 1, patience: Duration = .seconds(20), waitingLimit: Int = 200) -> Typesetter {
    Typesetter(place, size: size, patience: patience, waitingLimit: waitingLimit)
  }
  func refusal(_ work: () async throws -> Void) async -> Refusal? {
    do {
      try await work()
      return nil
    } catch let refusal as Refusal { return refusal } catch {
      Issue.record(error)
      return nil
    }
  }
}
