import Foundation
import Kernel
import Sheets
import Understanding

/// Measures the grading of addresses on labelled files: trains on one, grades the candidates of another.
public enum LabAddress {
  private struct Line: Decodable {
    struct Candidate: Decodable {
      var text: String
      var label: AddressMatch?
    }
    var textID: String
    var query: String
    var candidate: [Candidate]
    private enum CodingKeys: String, CodingKey {
      case query, candidate
      case textID = "text_id"
    }
  }

  /// - Parameters:
  ///   - train: JSON lines with `query` and `candidate`, each candidate with `text` and `label`; unlabelled ones are passed over.
  ///   - input: the same, with `text_id`; labels are not read.
  ///   - out: where `id,label` is written; id is `text_id#k`, k the place of the candidate from 0.
  public static func run(train: String, input: String, out: String) throws {
    let examples = try lines(train).map { line in
      GradedAddresses(query: line.query, candidates: line.candidate.compactMap { entry in entry.label.map { (entry.text, $0) } })
    }
    let asked = try lines(input)
    let clock = ContinuousClock()
    let began = clock.now
    let grader = AddressGrader.train(examples)
    let trained = clock.now - began
    let start = clock.now
    var cells: [[String]] = []
    for line in asked {
      for (place, grade) in grader.grade(line.query, line.candidate.map(\.text)).enumerated() {
        cells.append(["\(line.textID)#\(place)", grade.label.rawValue])
      }
    }
    let seconds = (clock.now - start) / .seconds(1)
    try Table(header: ["id", "label"], cells: cells).csv(bom: false, escapeFormulas: false)
      .write(to: URL(fileURLWithPath: out), options: .atomic)
    print("trained on \(examples.count) queries in \(trained)")
    print("graded \(cells.count) candidates, \(Int(Double(cells.count) / max(seconds, 1e-9))) candidates/s")
  }

  private static func lines(_ path: String) throws -> [Line] {
    let decoder = JSONDecoder()
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    return try data.split(separator: 0x0A).enumerated().compactMap { number, line in
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { return nil }
      do {
        return try decoder.decode(Line.self, from: Data(line))
      } catch {
        throw Refusal(.invalid, "lab-line-unreadable", "文件 \(path) 第 \(number + 1) 行不是所需的格式：\(error)")
      }
    }
  }
}
