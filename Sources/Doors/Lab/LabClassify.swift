import Foundation
import Kernel
import Sheets
import Understanding

/// Measures the classes of messages on a labelled file: trains on one, labels another.
public enum LabClassify {
  /// - Parameters:
  ///   - train: CSV with the columns `label` and `text`.
  ///   - input: CSV with the columns `id` and `text`.
  ///   - out: where `id,label` is written.
  public static func run(train: String, input: String, out: String) throws {
    let labelled = try Table.read(csv: Data(contentsOf: URL(fileURLWithPath: train)))
    let label = try column("label", of: labelled, in: train)
    let text = try column("text", of: labelled, in: train)
    let asked = try Table.read(csv: Data(contentsOf: URL(fileURLWithPath: input)))
    let id = try column("id", of: asked, in: input)
    let body = try column("text", of: asked, in: input)

    let clock = ContinuousClock()
    let began = clock.now
    let classifier = TextClassifier.train(labelled.rows.map { (text: $0.cells[text], label: $0.cells[label]) })
    let trained = clock.now - began
    let start = clock.now
    let answers = asked.rows.map { classifier.best($0.cells[body])?.label ?? "" }
    let seconds = (clock.now - start) / .seconds(1)

    let table = Table(header: ["id", "label"], cells: zip(asked.rows, answers).map { [$0.cells[id], $1] })
    try table.csv(bom: false, escapeFormulas: false).write(to: URL(fileURLWithPath: out), options: .atomic)
    print("trained on \(labelled.rows.count) texts, \(classifier.labels.count) classes, in \(trained)")
    print("labelled \(answers.count) texts, \(Int(Double(answers.count) / max(seconds, 1e-9))) texts/s")
  }

  private static func column(_ name: String, of table: Table, in path: String) throws -> Int {
    guard let found = table.column(name) else {
      throw Refusal(.invalid, "lab-column-missing", "文件 \(path) 缺少 \(name) 列，请补上后再试。", field: name)
    }
    return found
  }
}
