import ArgumentParser
import Cases
import Foundation
import Matters
import People
import Workflow

/// Draws the tables that the program runs on, for the docs.
struct WorkflowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "workflow", abstract: "程序表画成图", subcommands: [Draw.self])

  struct Draw: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "每张程序表一个 SVG；docs/workflows 是它的留底")
    @Option(help: "写到这个目录") var out = "docs/workflows"

    func run() throws {
      let folder = URL(filePath: out)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for (name, svg) in WorkflowDrawings.all {
        try Data(svg.utf8).write(to: folder.appending(path: "\(name).svg"))
        print("\(out)/\(name).svg")
      }
    }
  }
}

enum WorkflowDrawings {
  static var all: [(name: String, svg: String)] {
    let loop = ProcedureDrawing(
      MatterLoop.table, states: MatterState.allCases, name: \.chinese, event: \.chinese,
      roles: { roles in Role.allCases.filter(roles.contains).map(\.chinese).joined(separator: "、") })
    return [("matter", loop.svg)]
      + CaseProcedure.allCases.map { procedure in
        let drawing = ProcedureDrawing(
          CaseTables.table(procedure), states: CaseState.allCases, name: \.chinese, event: \.chinese,
          roles: { roles in CaseRole.allCases.filter(roles.contains).map(\.chinese).joined(separator: "、") })
        return ("case-\(procedure.rawValue)", drawing.svg)
      }
  }
}
