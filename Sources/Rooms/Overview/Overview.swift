import Cases
import Catalogue
import Figures
import Grades
import Kernel
import Matters
import Patterns
import Storage
import Typesetting

/// What is to be seen of all rooms together (总览): dashboards, the map, bulletins; see the README.
public struct Overview: Sendable {
  public let house: House
  public let figures: Figures
  public let patterns: Patterns
  public let matters: Matters
  public let cases: Cases
  public let grades: Grades
  let typesetter: Typesetter?
  public var catalogue: Catalogue { matters.catalogue }
  public init(figures: Figures, patterns: Patterns, matters: Matters, cases: Cases, grades: Grades, typesetter: Typesetter?) {
    house = matters.house
    self.figures = figures
    self.patterns = patterns
    self.matters = matters
    self.cases = cases
    self.grades = grades
    self.typesetter = typesetter
  }

  /// "物业区域养宠" of a slug; the slug where the catalogue has lost it.
  public func item(_ slug: String) -> String { slug.isEmpty ? "未认定事项" : catalogue.item(slug)?.name ?? slug }
}
