import Cases
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import People
import TestHouse
import Testing
import Typesetting

@testable import longtang

/// A case's papers through the door: made, refused, issued, corrected, opened.
@Suite struct PaperPagesTests {
  @Test func aPaperFromDraftToCorrection() async throws {
    let house = try await WholeHouse.make()
    let (officer, neighbour) = (try house.somebody(.officer), try house.somebody(.officer, .neighbour))
    let cases = house.composition.cases
    let record = try await cases.open(
      NewCase(item: "facade-damage", procedure: .ordinary, foundOn: house.clock.now.day, place: "盈港东路8900弄"), by: officer.person)
    let base = "/cases/\(record.no)"
    try await house.walk { client in
      #expect(try await client.ask(.get, "\(base)/papers", as: officer).text.contains("还没有文书"))
      // A decision is not made by hand; the page says which step makes it.
      let early = try await client.ask(.post, "\(base)/papers", as: officer, form: "kind=penalty-decision")
      #expect(early.status == .conflict && early.text.contains("作出处罚决定"))
      let made = try await client.ask(.post, "\(base)/papers", as: officer, form: "kind=service-address")
      let page = try #require(made.headers[.location])
      #expect(made.status == .seeOther && page.hasPrefix("\(base)/papers/"))
      #expect(try await client.ask(.get, page, as: officer).text.contains("name=\"t-address\""))
      #expect(try await client.ask(.get, page, as: neighbour).status == .notFound)

      // Incomplete: refused beside the field, what was typed stays.
      let first = try await client.ask(.post, page, as: officer, form: "version=1&do=issue&t-party=%E7%8E%8B%E9%95%95&t-address=")
      #expect(first.status == .unprocessableContent && first.text.contains("id=\"f-t-address-error\"") && first.text.contains("王镕"))
      let words =
        "t-party=%E7%8E%8B%E9%95%95&t-address=%E7%9B%88%E6%B8%AF%E4%B8%9C%E8%B7%AF&t-consent=%E5%90%8C%E6%84%8F&t-told=%E5%B7%B2%E5%91%8A%E7%9F%A5"
      #expect(try await client.ask(.post, page, as: officer, form: "version=1&do=save&\(words)").status == .seeOther)
      let stale = try await client.ask(.post, page, as: officer, form: "version=1&do=save&\(words)")
      #expect(stale.status == .conflict && stale.text.contains("已被改过"))
      #expect(try await client.ask(.post, page, as: officer, form: "version=2&do=issue&\(words)").status == .seeOther)
      let issued = try await client.ask(.get, page, as: officer)
      #expect(issued.text.contains("已签发") && issued.text.contains("盈港东路") && !issued.text.contains("<textarea id=\"f-t-address\""))

      let silent = try await client.ask(.post, "\(page)/correction", as: officer, form: "reason=")
      #expect(silent.status == .unprocessableContent)
      let correction = try await client.ask(.post, "\(page)/correction", as: officer, form: "reason=%E5%9C%B0%E5%9D%80%E6%9C%89%E8%AF%AF")
      #expect(correction.status == .seeOther)
      #expect(try await client.ask(.get, base, as: officer).text.contains("送达地址及电子送达确认书"))

      // With the typesetter a PDF, without it a plain word: never an error of ours.
      let isThere = cases.typesetter?.place.missing.isEmpty == true
      for address in ["\(page)/pdf", "\(base)/bound"] {
        let answer = try await client.ask(.get, address, as: officer)
        if isThere {
          #expect(answer.status == .ok && answer.headers[.contentType] == "application/pdf" && answer.body.readableBytes > 10_000)
        } else {
          #expect(answer.status == .serviceUnavailable && answer.text.contains("scripts/typesetter.sh"))
        }
      }
    }
  }
}
