import Grades
import HTTPTypes
import HummingbirdTesting
import Kernel
import People
import Storage
import TestHouse
import Testing
import WebSupport

@testable import longtang

/// Inspections through the door: photos for whom they are, and a visit that nobody planned, sent by an impatient finger to two servers.
@Suite struct InspectionDoorTests {
  @Test func photosOfAVisitAreForWhoSeesItAndOriginalsForItsSquad() async throws {
    let scene = try await WholeHouse.make()
    let officer = try scene.somebody(.officer)
    let no = scene.compounds[.own]?.no ?? ""
    var report = InspectionReport(on: scene.clock.now.day, result: .nothing, note: "")
    report.files = try await PhotoIntake(vault: scene.house.vault).keep([BadInputTests.picture(320, 240)])
    let kept = try await scene.composition.grades.recordUnplanned(
      in: no, because: "居委会当面反映门厅堆物。", report, key: nil, by: officer.person
    ).no
    try await scene.walk { client in
      func outcome(_ path: String, _ role: Role, _ side: WholeHouse.Side = .own) async throws -> String {
        try await client.ask(.get, "/inspections/\(kept)\(path)", as: try scene.somebody(role, side)).outcome
      }
      for role in [Role.officer, .squadLeader, .districtManager] {
        for path in ["/photos/1", "/photos/1?small=1"] {
          let seen = try await outcome(path, role)
          #expect(seen == "o", "\(role) \(path)")
        }
      }
      let originals = [
        try await outcome("/photos/1?original=1", .officer), try await outcome("/photos/1?original=1", .districtManager),
        try await outcome("/photos/1?original=1", .officer, .neighbour), try await outcome("/photos/1", .officer, .neighbour),
        try await outcome("/photos/2", .officer), try await outcome("/photos/0", .officer), try await outcome("/photos/x", .officer),
      ]
      #expect(originals == ["o", "m", "m", "m", "m", "m", "m"])
      let saved = try await client.ask(.get, "/inspections/\(kept)/photos/1?original=1", as: officer)
      #expect(saved.headers[.contentDisposition]?.hasPrefix("attachment") == true, "evidence is saved, not shown")
      let page = try await client.ask(.get, "/inspections/\(kept)", as: officer)
      #expect(page.text.contains("现场照片 1 张") && page.text.contains("/photos/1?small=1") && page.text.contains("原图"))
      let manager = try await client.ask(.get, "/inspections/\(kept)", as: try scene.somebody(.districtManager))
      #expect(manager.text.contains("现场照片 1 张") && !manager.text.contains("原图"))
    }
  }

  @Test func aVisitThatNobodyPlannedIsOneOnWhicheverServer() async throws {
    let scene = try await WholeHouse.make()
    let officer = try scene.somebody(.officer)
    let no = scene.compounds[.own]?.no ?? ""
    let once = Secrets.token()
    let today = scene.clock.now.day.iso
    @Sendable func form(_ why: String) -> String {
      "_once=\(once)&compound=\(no)&why=\(SafeURL.encode(why))&result=told&note=\(SafeURL.encode("门厅堆物，已告知物业清理。"))&on=\(today)"
    }
    try await scene.walk { first in
      try await scene.walk { other in
        let asked = try await first.ask(.get, "/inspections/new?compound=\(no)", as: officer)
        #expect(asked.outcome == "o" && asked.text.contains("行政检查要有依据") && asked.text.contains("name=\"why\""))
        let refused = try await first.ask(.post, "/inspections", as: officer, form: form(""))
        #expect(refused.outcome == "x" && refused.text.contains("确需检查的，请写明依据和原因"))
        var places: [String?] = []
        for client in [first, first, other] {
          places.append(try await client.ask(.post, "/inspections", as: officer, form: form("居委会当面反映门厅堆物。")).headers[.location])
        }
        #expect(Set(places).count == 1 && places[0]?.hasPrefix("/inspections/J") == true, "\(places)")
      }
    }
    #expect(try await scene.house.store.read { db in try db.number("SELECT count(*) AS n FROM inspection WHERE unplanned = 1") } == 1)
  }
}
