import Kernel

extension UI {
  public struct Photo: Sendable {
    public let thumb: String
    public let full: String
    /// What it shows, for those who do not see it: “天花板水渍，客厅西北角”.
    public let alt: String
    public init(thumb: String, full: String, alt: String) {
      self.thumb = thumb
      self.full = full
      self.alt = alt
    }
  }
  /// A film or a recording, played where it stands. Nothing is fetched before somebody presses play.
  public static func player(film: Bool, _ address: String, label: String) -> HTML {
    film
      ? "<video controls preload=\"none\" width=\"720\"\(attr("src", url: address)) aria-label=\"\(label)\"></video>"
      : "<audio controls preload=\"none\"\(attr("src", url: address)) aria-label=\"\(label)\"></audio>"
  }
  /// Thumbnails in a row; each opens the picture.
  public static func photoStrip(_ photos: [Photo]) -> HTML {
    if photos.isEmpty { return .empty }
    return """
      <ul class="strip">\(each: photos, { "<li><a\(attr("href", url: $0.full))><img\(attr("src", url: $0.thumb)) alt=\"\($0.alt)\" width=\"96\" height=\"96\" loading=\"lazy\" decoding=\"async\"></a></li>" })</ul>
      """
  }

  public struct Paper: Sendable {
    public let title: String
    public let href: String
    public let note: String
    public init(_ title: String, _ href: String, note: String = "") {
      self.title = title
      self.href = href
      self.note = note
    }
  }
  public static func papers(_ papers: [Paper]) -> HTML {
    if papers.isEmpty { return .empty }
    return """
      <ul class="papers">\(each: papers, { "<li><a\(attr("href", url: $0.href))>\(Icon.paper.html)<span>\($0.title)</span></a>\(if: !$0.note.isEmpty, "<small>\($0.note)</small>")</li>" })</ul>
      """
  }

  /// One entry of a story.
  public struct Event: Sendable {
    public let at: Moment
    /// Nil for what the program did by itself: it is set quieter.
    public let who: String?
    public let office: String?
    public let what: HTML
    /// The words that were written, as they were written.
    public let words: HTML?
    public let photos: [Photo]
    public let papers: [Paper]
    public let icon: Icon?
    public let tone: Tone?
    public init(
      at: Moment, who: String?, office: String? = nil, _ what: HTML, words: HTML? = nil, photos: [Photo] = [], papers: [Paper] = [],
      icon: Icon? = nil, tone: Tone? = nil
    ) {
      self.at = at
      self.who = who
      self.office = office
      self.what = what
      self.words = words
      self.photos = photos
      self.papers = papers
      self.icon = icon
      self.tone = tone
    }
  }
  /// The story of a matter, newest first or last as the caller orders it; days are written once.
  public static func timeline(_ events: [Event]) -> HTML {
    var out = HTML()
    var day: Day?
    for event in events {
      if event.at.day != day {
        day = event.at.day
        out += "<li class=\"day\"><span>\(event.at.day.chinese) \(event.at.day.chineseWeekday)</span></li>"
      }
      out += event.who == nil ? machine(event) : person(event)
    }
    return "<ol class=\"timeline\">\(out)</ol>"
  }
  private static func person(_ event: Event) -> HTML {
    """
    <li class="person\(event.tone.map { " \($0.rawValue)" as HTML })"><span class="mark">\((event.icon ?? .person).html)</span><div><p class="head"><b>\(event.what)</b></p><p class="by">\(hour(event.at)) \(event.who)\(event.office.map { "·\($0)" as HTML })</p>\(event.words.map { "<div class=\"words\">\($0)</div>" as HTML })\(photoStrip(event.photos))\(papers(event.papers))</div></li>
    """
  }
  private static func machine(_ event: Event) -> HTML {
    """
    <li class="machine"><span class="mark"></span><div><p>\(hour(event.at)) <span>\(event.what)</span></p>\(papers(event.papers))</div></li>
    """
  }
  private static func hour(_ moment: Moment) -> HTML {
    "<time datetime=\"\(moment.iso8601)\" title=\"\(moment.text)\">\(moment.clockText)</time>"
  }

  /// One step of what a resident follows like a parcel.
  public struct Step: Sendable {
    public enum State: String, Sendable { case done, now, next }
    public let title: String
    public let state: State
    /// "9月21日 14:05"; for the step to come the promise: “9月24日前”.
    public let when: String?
    public let detail: HTML?
    public init(_ title: String, _ state: State, when: String? = nil, detail: HTML? = nil) {
      self.title = title
      self.state = state
      self.when = when
      self.detail = detail
    }
  }
  /// Where it is, what has been, what comes; in words as well as marks.
  public static func steps(_ steps: [Step]) -> HTML {
    """
    <ol class="steps">\(each: steps, { step in
      "<li class=\"\(step.state.rawValue)\"\(if: step.state == .now, " aria-current=\"step\"")><span class=\"mark\">\(step.state == .done ? Icon.check.html : nil)</span><div><p class=\"head\"><b>\(step.title)</b>\(if: step.state == .now, "<span class=\"here\">正在进行</span>")\(if: step.state == .next, "<span class=\"hidden\">（尚未开始）</span>")</p>\(step.when.map { "<p class=\"by\">\($0)</p>" as HTML })\(step.detail.map { "<div class=\"words\">\($0)</div>" as HTML })</div></li>"
    })</ol>
    """
  }
}
