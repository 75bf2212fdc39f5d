/// The symbols of `Assets/icons.svg`. A raw value is the id of the symbol in the sprite; a test holds the two together.
public enum Icon: String, CaseIterable, Sendable {
  case gate, today, inbox, matter, pencil = "edit", plus, compound, more, search, person, people
  case clock, pause, warning, check, cross, info, dot, ring, half, arrow, back, chevron, link
  case phone, pin, camera, photo, paper, seal, eye, copy, printer, download, upload, bell, calendar, filter
  case send, merge, shield, law, chat, machine, lock, walk, refresh, exit, flag, chart, qr, star, list, hand

  /// The symbol, hidden from readers: the word beside it says the same.
  public var html: HTML {
    "<svg class=\"icon\" aria-hidden=\"true\"><use href=\"/assets/icons.svg?v=\(Icon.spriteVersion)#\(rawValue)\"/></svg>"
  }
  /// The first eight hex digits of the sprite's FNV-1a hash. A test says the new value when the sprite has changed, so that a phone
  /// never draws yesterday's sprite from its cache.
  public static let spriteVersion = "83739620"
}
