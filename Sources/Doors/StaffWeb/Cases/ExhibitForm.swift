import Cases
import Foundation
import Kernel
import WebSupport

/// The ways by which evidence comes in, and the form of each.
enum ExhibitWay: String, CaseIterable {
  case photos, document, matter, measurement, films
  var chinese: String {
    switch self {
    case .photos: "照片"
    case .document: "书面或电子材料"
    case .matter: "事项的现场照片"
    case .measurement: "测量"
    case .films: "视频、录音等大文件"
    }
  }
}

struct ExhibitForm {
  let way: ExhibitWay
  let no: String
  let typed: Fields
  let errors: FormErrors
  let now: Moment
  let devices: [MonitoringDevice]
  let photos: [MatterPhoto]
  let uploads: [ExhibitUpload]
  let place: String

  func html(_ tokens: FormTokens) -> HTML {
    let sendsFiles = way == .photos || way == .document
    let form = UI.form(
      ExhibitWords.address(no), tokens: tokens, draft: "exhibit-\(no)-\(way.rawValue)", upload: sendsFiles,
      """
      <input type="hidden" name="way" value="\(way.rawValue)">
      \(files)
      \(line("证据名称", "title", hint: way == .films || way == .photos ? "一次登记几件的，自动编为（1）（2）" : nil))
      \(UI.textarea("证明什么", name: "proves", value: typed.text("proves"), rows: 2, limit: NewExhibit.provesLength, hint: "如：阳台已改为卫生间，地面铺瓷砖并接排水管", error: errors["proves"]))
      \(if: way != .matter && way != .measurement, source)
      \(if: way != .matter, UI.field("形成时间", name: "made-at", value: typed.text("made-at"), .dateTime, hint: way == .photos ? "留空时用照片自带的时间" : nil, error: errors["made-at"], optional: way != .measurement))
      \(if: way != .matter, line("形成地点", "place", preset: way == .measurement ? place : nil, optional: true))
      \(if: way == .photos, UI.locate())
      \(UI.toolbar([UI.button("登记", icon: .check)], sticky: true))
      """)
    return way == .films
      ? parts(tokens) + (uploads.contains(where: \.isWhole) ? UI.section("登记", form) : .empty) : UI.section(way.chinese, form)
  }

  private func line(_ label: String, _ name: String, preset: String? = nil, hint: HTML? = nil, optional: Bool = false) -> HTML {
    UI.field(label, name: name, value: typed[name] ?? preset ?? "", hint: hint, error: errors[name], optional: optional)
  }

  // MARK: What is entered

  private var files: HTML {
    switch way {
    case .photos:
      UI.photos("照片", name: "files", hint: "原样保存，不压缩；最多 9 张，每张 20 MB 以内", error: errors["files"], optional: false, original: true)
    case .document:
      UI.file(
        "文件", name: "files", accept: "", hint: "PDF、图片、表格、压缩包等，20 MB 以内；更大的用“视频、录音等大文件”", error: errors["files"])
    case .matter: matterPhotos
    case .measurement: measurement
    case .films:
      UI.checkboxes(
        "已传完的文件", name: "upload",
        uploads.filter(\.isWhole).map { .init("\($0.id)", $0.fileName, hint: "\(ExhibitWords.size($0.size))，\($0.at.chinese)上传") },
        values: Set(typed.all.isEmpty ? uploads.filter(\.isWhole).map { "\($0.id)" } : typed.values("upload")),
        error: errors["upload"] ?? errors["files"])
    }
  }
  private var matterPhotos: HTML {
    if photos.isEmpty { return UI.emptyState("事项没有现场照片", "案件没有对应的事项，或者事项的核查没有拍照。") }
    let strip = UI.photoStrip(
      photos.compactMap { photo in
        guard let small = photo.file.thumbnail, let shown = photo.file.shown else { return nil }
        return UI.Photo(thumb: "/files/\(small)", full: "/files/\(shown)", alt: "\(photo.at.chinese)")
      })
    return strip
      + UI.checkboxes(
        "用哪几张", name: "photo",
        photos.enumerated().map { index, photo in
          .init(
            "\(photo.id)", "第 \(index + 1) 张，\(photo.at.chinese)",
            hint: photo.number.map { "已是证据 \($0)" } ?? photo.who.map { "\($0)拍摄，不用重新上传" }, disabled: photo.number != nil)
        }, values: Set(typed.values("photo")), error: errors["photo"] ?? errors["files"])
  }
  private var measurement: HTML {
    """
    \(UI.fieldRow([
      UI.field("测量数值", name: "value", value: typed.text("value"), .money, error: errors["value"]),
      UI.suggest("计量单位", name: "unit", value: typed.text("unit"), from: ["米", "厘米", "毫米", "平方米", "立方米", "分贝", "处", "件"], error: errors["unit"]),
    ]))
    \(line("测量工具", "instrument", hint: "名称、编号，检定有效期，如“激光测距仪 LD-03，检定至 2027-03”"))
    """
  }

  private var source: HTML {
    let chosen = typed["source"] ?? ExhibitSource.own.rawValue
    return """
      \(UI.select("来源", name: "source", options: ExhibitSource.allCases.map { .init($0.rawValue, $0.chinese) }, value: chosen, placeholder: nil, hint: "不是执法人员自己取得的，登记后须查证属实才能作为证据", error: errors["source"]))
      \(line("制作人、提供人", "maker", hint: "居委会、物业、居民等提供的必填", optional: true))
      \(UI.select("监控设备", name: "device", options: devices.map { .init("\($0.id)", $0.name, disabled: !$0.isInUse) }, value: typed["device"], placeholder: devices.isEmpty ? "本队没有登记设备" : "不是监控设备的记录", hint: "设备须经法制审核、技术审核并公布设置地点（行政处罚法第四十一条）", error: errors["device"], optional: true))
      """
  }

  // MARK: Big files

  private func parts(_ tokens: FormTokens) -> HTML {
    let waiting = uploads.filter { !$0.isWhole }
    return UI.section(
      "上传",
      """
      <form method="post"\(attr("action", url: CaseWords.address(no, "uploads"))) data-parts>\(tokens.html)
      \(UI.file("选择文件（可以多选）", name: "parts", accept: "", hint: "每个 \(ExhibitUpload.mostBytes >> 30) GB 以内；断线后再选同一个文件会接着传，没有传完的保留 7 天"))
      <ul class="papers" role="status"></ul></form>
      <noscript>\(UI.notice(.soon, "这一项需要打开脚本", "也可以请管理员签发接口令牌，用 curl 分段上传，见接口说明。"))</noscript>
      \(if: !waiting.isEmpty, "<p class=\"hint\">没有传完：\(waiting.map { "\($0.fileName)（\($0.received * 100 / max(1, $0.size))%）" }.joined(separator: "、"))</p>")
      """)
  }
}
