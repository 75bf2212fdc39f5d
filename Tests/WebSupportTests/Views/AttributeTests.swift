import Testing
import WebSupport

/// A link leads where it says, and never into a script.
struct AttributeTests {
  @Test(arguments: [
    "/matters/1", "matters?page=2&sort=due", "#main", "?q=a:b", "https://example.org/a?b=c#d", "HTTP://example.org/", "tel:+862159760000",
    "mailto:a@example.org", "", "./a:b", "/a:b", "12号/x",
  ])
  func goodAddressesPass(_ address: String) {
    #expect(SafeURL.check(address) == address)
  }

  @Test(arguments: [
    "javascript:alert(1)", "JavaScript:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)", "java\nscript:alert(1)",
    "\u{1}javascript:alert(1)",
    "data:text/html,<script>", "vbscript:x", "file:///etc/passwd", "blob:x", "//evil.example", "/\\evil.example", "\\\\evil", "https:evil",
    "http:/evil",
    "view-source:x", "a\u{0}b", ":", "%6aavascript:alert(1)",
  ])
  func badAddressesDie(_ address: String) {
    #expect(SafeURL.check(address) == nil)
    #expect(attr("href", url: address).string == " href=\"#\"")
    #expect(attr("src", address).string == " src=\"#\"")
  }

  @Test func attributesEscapeAndVanish() {
    #expect(attr("title", "a\"b<c>").string == " title=\"a&quot;b&lt;c&gt;\"")
    #expect(attr("title", nil as String?).isEmpty)
    #expect(attr("checked", if: true).string == " checked")
    #expect(attr("checked", if: false).isEmpty)
    #expect(attr("href", url: "/a?b=1&c=2").string == " href=\"/a?b=1&amp;c=2\"")
  }

  @Test func attributesCarryNoScriptOrStyle() {
    #expect(attr("onclick", "x").isEmpty)
    #expect(attr("style", "x").isEmpty)
    #expect(attr("srcdoc", "x").isEmpty)
  }

  @Test func partsOfAddressesAreEncoded() {
    #expect(SafeURL.encode("康虹/12 号?") == "%E5%BA%B7%E8%99%B9%2F12%20%E5%8F%B7%3F")
  }
}
