import Foundation
import Kernel
import Testing

@Suite struct ChildProcessTests {
  @Test func itIsAskedAndAnswers() throws {
    let child = try ChildProcess("/bin/cat", [], isAsked: true)
    try #require(child.input).write(contentsOf: Data("弄堂\n".utf8))
    #expect(child.isRunning)
    try #require(child.input).close()
    #expect(String(decoding: child.output.readDataToEndOfFile(), as: UTF8.self) == "弄堂\n")
    #expect(child.wait() == 0 && !child.isRunning)
  }

  @Test func itsEndIsKnown() throws {
    #expect(try ChildProcess.run("/bin/sh", ["-c", "echo $LANG; exit 3"], environment: ["LANG": "C.UTF-8"]) == (3, Data("C.UTF-8\n".utf8)))
    let child = try ChildProcess("/bin/sleep", ["60"])
    child.end()
    #expect(child.wait() == 128 + SIGKILL)
    // A program that was ended stays ended: its number may be another's by now.
    child.end()
    let fault = #expect(throws: ChildProcess.Fault.self) { try ChildProcess("/bin/nothing-of-this-name", []) }
    #expect(fault?.code == ENOENT)
  }

  /// What ended a server once: the other way of starting programs copied past a buffer with this many descriptors.
  @Test func thousandsOfOpenFilesDoNotMatter() throws {
    var held: [Int32] = []
    defer { for fd in held { close(fd) } }
    for _ in 0..<1800 {
      let fd = open("/dev/null", O_RDONLY | O_CLOEXEC)
      guard fd >= 0 else { break }
      held.append(fd)
    }
    for _ in 0..<20 { #expect(try ChildProcess.run("/bin/true", []).status == 0) }
  }

  @Test func itGetsNothingOfOurs() throws {
    let fd = open("/dev/null", O_RDONLY)
    defer { close(fd) }
    // The listing holds the directory open itself.
    let (_, listing) = try ChildProcess.run("/bin/ls", ["/proc/self/fd"])
    #expect(String(decoding: listing, as: UTF8.self).split(separator: "\n").count == 4)
  }

  /// A pipe of one child that another holds open would never end.
  @Test func twentyAtOnceEndEachForItself() async throws {
    try await withThrowingTaskGroup { group in
      for number in 0..<20 {
        group.addTask { try ChildProcess.run("/bin/sh", ["-c", "echo \(number)"]).output == Data("\(number)\n".utf8) }
      }
      for try await isRight in group { #expect(isRight) }
    }
  }
}
