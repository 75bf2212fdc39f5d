import Foundation
import Kernel
import Synchronization

/// One Python process with a compiler in it. Asked one thing at a time; ends when its input closes, so that it cannot outlive the program.
final class TypesetterWorker: Sendable {
  enum Fault: Error, Equatable {
    /// The document's own trouble; the worker is well.
    case said(String)
    case late
    case died
    /// It cannot work at all: no typst, no typeface.
    case unfit(String)
  }
  private struct State {
    var process: ChildProcess?
    var served = 0
  }
  private let place: TypesetterPlace
  private let state = Mutex(State())
  /// Reading and writing block, so they have a thread that no task waits on.
  private let queue = DispatchQueue(label: "typesetter")
  /// Without these a document cannot be set; 仿宋 may be missing, then all is set in the other face.
  static let face = "Noto Serif CJK SC"

  init(_ place: TypesetterPlace) { self.place = place }
  deinit { stop() }

  var served: Int { state.withLock(\.served) }

  func ask(_ frame: Data, within patience: Duration) async throws(Fault) -> Data {
    let result: Result<Data, Fault> = await withCheckedContinuation { done in
      queue.async { [self] in done.resume(returning: answer(frame, until: .now + patience)) }
    }
    return try result.get()
  }

  private func answer(_ frame: Data, until deadline: ContinuousClock.Instant) -> Result<Data, Fault> {
    do throws(Fault) {
      if !state.withLock({ $0.process?.isRunning ?? false }) { try start(until: deadline) }
      guard let process = state.withLock({ $0.process }), let input = process.input else { throw .died }
      try PipeIO.send(frame, to: input.fileDescriptor, until: deadline)
      let (kind, body) = try PipeIO.answer(from: process.output.fileDescriptor, until: deadline)
      state.withLock { $0.served += 1 }
      return kind == 0 ? .success(body) : .failure(.said(String(decoding: body, as: UTF8.self)))
    } catch {
      // Whatever is left in the pipes belongs to no question any more.
      stop()
      return .failure(error)
    }
  }

  private func start(until deadline: ContinuousClock.Instant) throws(Fault) {
    stop()
    // A write to a worker that has died is an error of that write, and no reason to end.
    _ = signal(SIGPIPE, SIG_IGN)
    let process: ChildProcess
    do throws(ChildProcess.Fault) {
      // -I: neither the environment nor the current folder adds a module.
      process = try ChildProcess(
        place.python.path, ["-I", place.script.path, place.root.path, place.fonts.path],
        environment: ["LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"], isAsked: true)
    } catch { throw .unfit("\(error)") }
    for handle in [process.input, process.output].compactMap(\.self) {
      _ = fcntl(handle.fileDescriptor, F_SETFL, fcntl(handle.fileDescriptor, F_GETFL) | O_NONBLOCK)
    }
    state.withLock { ($0.process, $0.served) = (process, 0) }
    let (kind, hello) = try PipeIO.answer(from: process.output.fileDescriptor, until: deadline)
    guard kind == 0, let greeting = try? JSONDecoder().decode(Greeting.self, from: hello) else {
      throw .unfit(String(decoding: hello, as: UTF8.self))
    }
    guard greeting.families.contains(Self.face) else { throw .unfit("字体 \(Self.face)") }
  }
  private struct Greeting: Decodable { let families: [String] }

  private func stop() {
    let process = state.withLock { state in
      defer { state = State() }
      return state.process
    }
    process?.end()
  }
}

/// Bytes through a pipe that does not block, with an end to patience.
enum PipeIO {
  typealias Fault = TypesetterWorker.Fault

  static func send(_ data: Data, to fd: Int32, until deadline: ContinuousClock.Instant) throws(Fault) {
    let bytes = Array(data)
    var offset = 0
    while offset < bytes.count {
      try wait(fd, POLLOUT, until: deadline)
      let count = bytes.withUnsafeBytes { write(fd, $0.baseAddress?.advanced(by: offset), bytes.count - offset) }
      if count > 0 {
        offset += count
      } else if count < 0, errno != EINTR, errno != EAGAIN {
        throw .died
      }
    }
  }
  /// One byte of kind, four of length, and the body.
  static func answer(from fd: Int32, until deadline: ContinuousClock.Instant) throws(Fault) -> (kind: UInt8, body: Data) {
    let head = try receive(5, from: fd, until: deadline)
    let length = head.dropFirst().reduce(0) { $0 << 8 | Int($1) }
    guard length <= 1 << 30 else { throw .died }
    return (head[0], Data(try receive(length, from: fd, until: deadline)))
  }
  private static func receive(_ count: Int, from fd: Int32, until deadline: ContinuousClock.Instant) throws(Fault) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var offset = 0
    while offset < count {
      try wait(fd, POLLIN, until: deadline)
      let got = bytes.withUnsafeMutableBytes { read(fd, $0.baseAddress?.advanced(by: offset), count - offset) }
      if got > 0 {
        offset += got
      } else if got == 0 || (errno != EINTR && errno != EAGAIN) {
        throw .died
      }
    }
    return bytes
  }
  private static func wait(_ fd: Int32, _ events: Int32, until deadline: ContinuousClock.Instant) throws(Fault) {
    while true {
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero else { throw .late }
      var one = pollfd(fd: fd, events: Int16(events), revents: 0)
      let milliseconds = min(60_000, left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1)
      let ready = poll(&one, 1, Int32(milliseconds))
      if ready > 0 { return }
      if ready < 0, errno != EINTR { throw .died }
    }
  }
}
