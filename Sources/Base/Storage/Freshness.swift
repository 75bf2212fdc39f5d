/// How fresh what is read must be.
public enum Freshness {
  /// Set where a few seconds do not matter: lists, searches, exports, statistics. Such reads may go to a replica; all others, and
  /// everything that will be written again, come from where is written.
  @TaskLocal public static var mayLag = false
}
