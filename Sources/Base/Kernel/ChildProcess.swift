import CSpawn
import Foundation
import Synchronization

/// A program that runs beside ours, spoken to through its standard input and output.
///
/// Not Foundation's `Process`: to close what the child must not have, it copies whole directory entries of `/proc/self/fd`, past the end of
/// their buffer as soon as there are some 1,360 of them. A server with that many connections is an ordinary one; it ended.
public final class ChildProcess: Sendable {
  /// The program could not be started.
  public struct Fault: Error, Equatable, CustomStringConvertible {
    public let program: String
    /// As `errno` has it.
    public let code: Int32
    public var description: String { "\(program)：\(String(cString: strerror(code)))" }
  }
  public let pid: pid_t
  /// Closed when nobody holds them any more; nil of a child that is only listened to.
  public let input: FileHandle?
  public let output: FileHandle
  private let status = Mutex<Int32?>(nil)

  /// Our ends of the pipes close with an exec, and no child starts between their making and that mark.
  private static let gate = Mutex(())

  /// - Parameters:
  ///   - program: a path; nothing is looked for.
  ///   - environment: all of it; nil passes ours on.
  ///   - isAsked: whether it has an input; else it finds an empty one.
  ///   - isHeard: whether its standard error is ours; else nobody reads it.
  public init(
    _ program: String, _ arguments: [String], environment: [String: String]? = nil, isAsked: Bool = false, isHeard: Bool = false
  ) throws(Fault) {
    let words = [program] + arguments
    let variables = (environment ?? ProcessInfo.processInfo.environment).map { "\($0.key)=\($0.value)" }
    let started = Self.gate.withLock { _ in
      Self.spawn(program, words, variables, isAsked: isAsked, isHeard: isHeard)
    }
    switch started {
    case .success(let started):
      pid = started.pid
      input = started.input.map { FileHandle(fileDescriptor: $0, closeOnDealloc: true) }
      output = FileHandle(fileDescriptor: started.output, closeOnDealloc: true)
    case .failure(let fault): throw fault
    }
  }

  private static func spawn(_ program: String, _ words: [String], _ variables: [String], isAsked: Bool, isHeard: Bool) -> Result<
    (pid: pid_t, input: Int32?, output: Int32), Fault
  > {
    var opened: [Int32] = []
    func give(_ code: Int32) -> Result<(pid: pid_t, input: Int32?, output: Int32), Fault> {
      for fd in opened { close(fd) }
      return .failure(Fault(program: program, code: code))
    }
    func ends() -> (read: Int32, write: Int32)? {
      var two: [Int32] = [-1, -1]
      guard pipe(&two) == 0 else { return nil }
      for fd in two { _ = fcntl(fd, F_SETFD, FD_CLOEXEC) }
      opened += two
      return (two[0], two[1])
    }
    let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
    guard nothing >= 0 else { return give(errno) }
    opened.append(nothing)
    guard let answers = ends() else { return give(errno) }
    let questions = isAsked ? ends() : nil
    guard !isAsked || questions != nil else { return give(errno) }

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, questions?.read ?? nothing, 0)
    posix_spawn_file_actions_adddup2(&actions, answers.write, 1)
    if !isHeard { posix_spawn_file_actions_adddup2(&actions, nothing, 2) }
    // Not every library marks its files to close with an exec; a child that held one would keep its lock, or keep it busy.
    posix_spawn_file_actions_addclosefrom_np(&actions, 3)
    // What we ignore or block is ours alone.
    var (blocked, usual) = (sigset_t(), sigset_t())
    sigemptyset(&blocked)
    sigemptyset(&usual)
    sigaddset(&usual, SIGPIPE)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setsigmask(&attributes, &blocked)
    posix_spawnattr_setsigdefault(&attributes, &usual)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    var (argv, envp) = (words.map { strdup($0) } + [nil], variables.map { strdup($0) } + [nil])
    defer { for text in argv + envp { free(text) } }
    var pid: pid_t = 0
    var code = posix_spawn(&pid, program, &actions, &attributes, &argv, &envp)
    // A program that has just been written may still be open in another child that has not come to its own exec.
    for _ in 0..<50 where code == ETXTBSY {
      usleep(10_000)
      code = posix_spawn(&pid, program, &actions, &attributes, &argv, &envp)
    }
    guard code == 0 else { return give(code) }
    for fd in [nothing, answers.write, questions?.read].compactMap(\.self) { close(fd) }
    return .success((pid, questions?.write, answers.read))
  }

  public var isRunning: Bool {
    status.withLock { status in
      guard status == nil else { return false }
      var word: Int32 = 0
      let found = waitpid(pid, &word, WNOHANG)
      // Nobody's child any more: its number may be given to another program, so it is not ours to end.
      if found == 0 { return true }
      status = found == pid ? word : 0
      return false
    }
  }
  /// Waits for its end: its exit code, or 128 and the signal that ended it.
  @discardableResult
  public func wait() -> Int32 {
    status.withLock { status in
      var word = status ?? 0
      while status == nil {
        if waitpid(pid, &word, 0) == pid || errno != EINTR { status = word }
      }
      return word & 0x7F == 0 ? word >> 8 & 0xFF : 128 + word & 0x7F
    }
  }
  /// At once, whatever it is doing.
  public func end() {
    guard isRunning else { return }
    kill(pid, SIGKILL)
    wait()
  }

  /// Runs a program to its end.
  /// - Returns: its exit code and all that it wrote.
  public static func run(_ program: String, _ arguments: [String], environment: [String: String]? = nil, isHeard: Bool = false)
    throws(Fault)
    -> (status: Int32, output: Data)
  {
    let child = try ChildProcess(program, arguments, environment: environment, isHeard: isHeard)
    let output = child.output.readDataToEndOfFile()
    return (child.wait(), output)
  }
}
