/// A big link to one thing somebody may have come for.
public struct Way: Sendable {
  public let title: String
  public let hint: String
  public let href: String
  public let icon: Icon
  public init(_ title: String, _ hint: String, _ href: String, _ icon: Icon) {
    self.title = title
    self.hint = hint
    self.href = href
    self.icon = icon
  }
  /// The first is what most people came for.
  public static func list(_ label: String, _ ways: [Way]) -> HTML {
    """
    <nav class="ways"\(attr("aria-label", label))><ul>\(each: ways, { "<li><a\(attr("href", url: $0.href))>\($0.icon.html)<span><b>\($0.title)</b><small>\($0.hint)</small></span></a></li>" })</ul></nav>
    """
  }
}
