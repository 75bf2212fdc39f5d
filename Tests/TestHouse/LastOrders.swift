import Foundation
import Synchronization

/// What is to be done when this process ends, however it ends: the programs that tests have started must not outlive them, not even when
/// a time limit, a crash or a `kill -9` leaves no time to tidy up. A shell waits at the other end of a pipe for nobody to hold it any more.
public enum LastOrders {
  private struct State {
    var shell: Process?
    var pipe: FileHandle?
  }
  private static let state = Mutex(State())

  private static let script = """
    trap '' INT TERM HUP
    pids=" "; servers=""
    while read -r order what; do
      case $order in
        kill) pids="$pids$what " ;;
        spare) pids=$(printf '%s' "$pids" | sed "s/ $what / /") ;;
        stop) servers="$servers $what" ;;
        remove) folders="$folders $what" ;;
      esac
    done
    for pid in $pids; do kill -9 "$pid"; done
    for folder in $servers; do "$1" stop "$folder"; done
    for folder in $folders; do rm -rf -- "$folder"; done
    """

  /// A program that is to die with us.
  public static func kill(_ pid: Int32) { give("kill \(pid)") }
  /// It has ended, and its number may soon be somebody else's.
  public static func spare(_ pid: Int32) { give("spare \(pid)") }
  /// A server that `scripts/test-postgres.sh` has started.
  public static func stop(_ folder: String) { give("stop \(folder)") }
  /// A temporary folder that is needed until the end.
  public static func remove(_ folder: URL) { give("remove \(folder.path)") }

  private static func give(_ order: String) {
    state.withLock { state in
      do {
        if state.pipe == nil {
          let pipe = Pipe()
          let shell = Process()
          shell.executableURL = URL(filePath: "/bin/sh")
          shell.arguments = ["-c", script, "sh", OwnPostgres.script.path]
          shell.standardInput = pipe
          shell.standardOutput = FileHandle.nullDevice
          shell.standardError = FileHandle.nullDevice
          try shell.run()
          state.shell = shell
          state.pipe = pipe.fileHandleForWriting
        }
        try state.pipe?.write(contentsOf: Data((order + "\n").utf8))
      } catch { print("nobody will carry out “\(order)”: \(error)") }
    }
  }
}
