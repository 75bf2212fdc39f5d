import Cases
import Foundation
import HTTPTypes
import Kernel
import People
import WebSupport

/// 登记证据, in the way in which it is there: as files, among the matter's photos, measured, or in parts.
struct ExhibitAddPages: Sendable {
  let cases: Cases

  func routes(_ book: inout RouteBook) {
    book.get("/cases/{no}/exhibits/new", allow: .signedIn(.workCases)) { visit in try await show(visit, errors: .none) }
    book.post("/cases/{no}/exhibits", allow: .signedIn(.workCases)) { visit in try await add(visit) }
  }

  func show(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let (no, person) = (try visit.path("no"), try visit.person)
    let sheet = try await cases.evidence(of: no, for: person)
    let way = (visit.form["way"] ?? visit.query["way"]).flatMap(ExhibitWay.init) ?? .photos
    var page = visit.page("登记证据：\(sheet.record.title)", active: "cases")
    page.crumbs = ExhibitPages.crumbs(no)
    page.problem = !errors.isEmpty
    let heading = UI.heading("登记证据", sub: UI.link(sheet.record.title, CaseWords.address(no)), tags: CaseWords.tags(sheet.record))
    if let refusal = sheet.closed {
      page.main =
        heading
        + UI.emptyState(
          "现在不能登记证据", "\(refusal.message)\(refusal.article.map { "<br>依据：\($0)" as HTML })",
          actions: [UI.linkButton("返回案件", CaseWords.address(no), .primary)], icon: .lock)
      return page
    }
    let form = ExhibitForm(
      way: way, no: no, typed: visit.form, errors: errors, now: visit.now, devices: try await cases.devices(for: person),
      photos: way == .matter ? try await cases.matterPhotos(of: no, for: person) : [],
      uploads: way == .films ? try await cases.uploads(of: no, for: person) : [], place: sheet.record.placeText)
    page.main = """
      \(UI.errorSummary(errors))
      \(heading)
      \(UI.tabs("登记方式", ExhibitWay.allCases.map { .init($0.chinese, ExhibitWords.address(no, "new?way=\($0.rawValue)"), on: $0 == way) }))
      \(form.html(try visit.formTokens()))
      """
    return page
  }

  func add(_ visit: Visit) async throws -> Answer {
    let (no, person) = (try visit.path("no"), try visit.person)
    do {
      let added = try await cases.add(try await exhibits(visit, no, person), to: no, by: person)
      let names = added.count > 3 ? "\(added[0].name) 至 \(added[added.count - 1].number)" : added.map(\.name).joined(separator: "、")
      let waits = added.contains { $0.state == .pending }
      return try visit.done(ExhibitWords.address(no), saying: "已登记\(names)\(waits ? "，查证属实后才能作为证据" : "")")
    } catch let refusals as Refusals {
      return visit.again(try await show(visit, errors: FormErrors(refusals)))
    } catch let refusal as Refusal where [.invalid, .conflict].contains(refusal.kind) {
      let told = refusal.article.map { "\(refusal.message)（\($0)）" } ?? refusal.message
      return visit.again(try await show(visit, errors: FormErrors([(field: refusal.field ?? "", message: told)])), after: refusal)
    }
  }

  private func exhibits(_ visit: Visit, _ no: String, _ person: Person) async throws -> [NewExhibit] {
    let form = visit.form
    guard let way = try form.choice("way", ExhibitWay.self) else { throw Refusal(.invalid, "cases-field", "请选择登记方式。") }
    let base = try common(form, way)
    switch way {
    case .photos, .document:
      let sent = visit.files("files").filter { !$0.bytes.isEmpty }
      // What else is wrong is told before anything is kept.
      if sent.isEmpty { throw Refusal(.invalid, "cases-exhibit-file", "请选择文件。", field: "files") }
      var files: [ExhibitFile] = []
      for one in sent { files.append(try await cases.keepExhibit(one.bytes)) }
      return named(files.map { file in with(file, base) })
    case .measurement:
      var new = base
      new.kind = .measurement
      new.measure = ExhibitMeasure(value: form.text("value"), unit: form.text("unit"), instrument: form.text("instrument"))
      return [new]
    case .matter:
      let chosen = Set(form.values("photo"))
      let photos = try await cases.matterPhotos(of: no, for: person).filter { chosen.contains("\($0.id)") }
      if photos.isEmpty { throw Refusal(.invalid, "cases-exhibit-file", "请选择要用的照片。", field: "photo") }
      return named(
        photos.map { photo in
          var new = with(photo.file, base)
          new.maker = photo.who ?? ""
          new.madeAt = photo.file.madeAt ?? photo.at
          return new
        })
    case .films:
      var out: [NewExhibit] = []
      for id in form.values("upload").compactMap({ ExhibitUpload.ID($0) }) {
        let upload = try await cases.upload(id, of: no, for: person)
        var new = with(try await cases.file(of: upload), base)
        new.upload = id
        out.append(new)
      }
      if out.isEmpty { throw Refusal(.invalid, "cases-exhibit-file", "请选择已经传完的文件。", field: "upload") }
      return named(out)
    }
  }

  private func common(_ form: Fields, _ way: ExhibitWay) throws -> NewExhibit {
    var new = NewExhibit(.document, title: form.text("title"), proves: form.text("proves"))
    if way != .matter { (new.madeAt, new.place) = (try form.moment("made-at"), form.text("place")) }
    if way != .matter, way != .measurement {
      new.source = try form.choice("source", ExhibitSource.self) ?? .own
      new.maker = form.text("maker")
      new.device = try form.id("device", MonitoringDevice.self)
    }
    if let latitude = try form.number("latitude", in: -90...90), let longitude = try form.number("longitude", in: -180...180) {
      new.coordinates = Coordinates(latitude: latitude, longitude: longitude)
    }
    return new
  }
  private func with(_ file: ExhibitFile, _ base: NewExhibit) -> NewExhibit {
    var new = base
    (new.kind, new.file) = (file.kind, file)
    return new
  }
  /// Several of one form are told apart by a number.
  private func named(_ all: [NewExhibit]) -> [NewExhibit] {
    guard all.count > 1 else { return all }
    return all.enumerated().map { index, one in
      var new = one
      if !new.title.isEmpty { new.title = "\(new.title)（\(index + 1)）" }
      return new
    }
  }
}
