import Foundation
import Kernel

/// Where the pictures under the map come from, when an office has such a service; without one the map has its own grid.
public struct MapTiles: Sendable, Hashable {
  /// "https://tiles.example.gov.cn/{z}/{x}/{y}.png"
  public let template: String
  /// What the service asks to be named as; shown in the corner.
  public let credit: String
  /// The datum of its pictures: what is drawn on them is moved to it.
  public let isGCJ: Bool
  /// "https://tiles.example.gov.cn": the only other host whose pictures the page may show.
  public let origin: String

  /// - Throws: `Refusal` `longtang-map-tiles`.
  public init(_ template: String, credit: String, isGCJ: Bool) throws(Refusal) {
    func refusal(_ why: String) -> Refusal { Refusal(.invalid, "longtang-map-tiles", why) }
    for part in ["{z}", "{x}", "{y}"] where !template.contains(part) { throw refusal("瓦片地址里要有 {z}、{x}、{y}，例如 https://主机/{z}/{x}/{y}.png") }
    let plain = template.replacing("{z}", with: "1").replacing("{x}", with: "1").replacing("{y}", with: "1")
    guard !plain.contains("{"), !plain.contains("}") else { throw refusal("瓦片地址里只能有 {z}、{x}、{y}，不支持 {s} 等其他写法") }
    guard let url = URL(string: plain), let scheme = url.scheme, ["http", "https"].contains(scheme), let host = url.host(),
      host.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || ".-".contains($0)) }), !plain.contains(where: \.isWhitespace)
    else { throw refusal("瓦片地址要以 https:// 或 http:// 开头，主机名写全") }
    self.template = template
    self.credit = credit
    self.isGCJ = isGCJ
    origin = "\(scheme)://\(host)" + (url.port.map { ":\($0)" } ?? "")
  }
}
