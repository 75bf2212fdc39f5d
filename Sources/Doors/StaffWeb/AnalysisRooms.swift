import CityLists
import Grades
import Patterns
import Rosters

/// 研判: the rooms that tell where to stand tomorrow, for the pages that show something of them beside their own: the day page, a matter, a
/// compound's file. A house has all of them or none.
public struct AnalysisRooms: Sendable {
  let patterns: Patterns
  let grades: Grades
  let cityLists: CityLists
  let rosters: Rosters
  public init(patterns: Patterns, grades: Grades, cityLists: CityLists, rosters: Rosters) {
    self.patterns = patterns
    self.grades = grades
    self.cityLists = cityLists
    self.rosters = rosters
  }
}
