/// On whose behalf work is done: carried along with the task, so that a line in the log about a statement names the request behind it.
public enum Trace {
  /// A request's id, or `job:` and the kind of a job. Nil when nobody is waiting.
  @TaskLocal public static var id: String?
}
