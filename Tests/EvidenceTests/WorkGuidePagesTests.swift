import Cases
import Foundation
import HTTPTypes
import HummingbirdTesting
import Kernel
import People
import TestOffice
import Testing

/// The guides that come with the program, on their pages and beside the case.
@Suite struct WorkGuidePagesTests {
  @Test func anOfficerReadsItAndAManagerPutsItAway() async throws {
    let scene = try await EvidenceScene.make()
    let page = "/guides/of/kitchen-bathroom-conversion"
    try await scene.walk { client in
      let (officer, manager) = (try await Visitor.signIn("officer", scene, client), try await Visitor.signIn("manager", scene, client))
      let own = try await officer.get("/cases/\(scene.no)").text
      for words in ["工作指引", WorkGuide.mark, "原始户型图", "《住宅室内装饰装修管理办法》第三十八条第一项"] { #expect(own.contains(words), "\(words)") }
      let read = try await officer.get(page)
      #expect(read.status == .ok && read.text.contains("常见的辩解") && !read.text.contains("停用的理由"))
      #expect(try await officer.get("/guides").text.contains("/guides/of/load-bearing-damage"))
      #expect(try await officer.get("/guides/of/no-such-item").status == .notFound)
      #expect(try await officer.post(page + "/off", [("reason", "不用")]).status == .forbidden)

      #expect(try await manager.post(page + "/off", [("reason", "")]).status == .unprocessableContent)
      #expect(try await manager.post(page + "/off", [("reason", "本区另有口径")]).status == .seeOther)
      #expect(try await !officer.get("/cases/\(scene.no)").text.contains(WorkGuide.mark))
      #expect(try await manager.get(page).text.contains("本区另有口径"))
      #expect(try await manager.post(page + "/on", []).status == .seeOther)
      #expect(try await officer.get("/cases/\(scene.no)").text.contains(WorkGuide.mark))

      // Its own in its place, from the link beside it.
      let form = try await manager.get("/guides/new?item=kitchen-bathroom-conversion&kind=instruction&replaces=yes").text
      #expect(form.contains("代替弄堂自编的这一事项指引"))
    }
  }
}
