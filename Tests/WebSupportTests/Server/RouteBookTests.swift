import People
import Testing
import WebSupport

@Suite struct RouteBookTests {
  @Test func theBookListsWhatItHolds() {
    var book = RouteBook()
    book.get("/matters/{no}", allow: .signedIn(.seeMatters)) { _ in Answer.noContent }
    book.post("/api/v1/reports", allow: .token(.importReports)) { _ in Answer.noContent }
    #expect(book.routes.map(\.description) == ["GET /matters/{no} signed-in seeMatters", "POST /api/v1/reports token importReports"])
    #expect(book.problems.isEmpty)
  }
  @Test(arguments: ["matters", "/Matters", "/matters/", "/matters//a", "/a_b", "/{}", "/事项"])
  func aPathThatBreaksTheRulesIsAProblem(path: String) {
    var book = RouteBook()
    book.get(path, allow: .public) { _ in Answer.noContent }
    #expect(book.problems.count == 1)
  }
  @Test func aDoubledRouteIsAProblemWhateverItsParameterIsCalled() {
    var book = RouteBook()
    book.get("/matters/{no}", allow: .public) { _ in Answer.noContent }
    book.get("/matters/{id}", allow: .public) { _ in Answer.noContent }
    book.get("/pages", allow: .token(nil)) { _ in Answer.noContent }
    #expect(book.problems.count == 2)
  }
}
