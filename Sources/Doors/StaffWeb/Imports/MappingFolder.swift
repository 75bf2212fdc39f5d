import Compounds
import Foundation
import Intake
import Kernel

/// The mappings of `Data/mappings`, read once at the start. A file with a `channel` is one of reports, one of `lists` is the
/// city's and passed over here, any other one is of compounds.
public struct MappingFolder: Sendable {
  /// Short name (the file's, without its ending) and mapping.
  public let reports: [(key: String, mapping: ImportMapping)]
  public let registers: [(key: String, mapping: CompoundMapping)]

  public init(reports: [(key: String, mapping: ImportMapping)], registers: [(key: String, mapping: CompoundMapping)]) {
    self.reports = reports
    self.registers = registers
  }
  /// - Throws: the refusal or error of the first file that is not as it should be: a wrong mapping must not wait for its first import.
  public init(folder: URL) throws {
    var reports: [(key: String, mapping: ImportMapping)] = []
    var registers: [(key: String, mapping: CompoundMapping)] = []
    for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil).sorted(by: { $0.path < $1.path })
    where file.pathExtension == "json" {
      let data = try Data(contentsOf: file)
      let key = file.deletingPathExtension().lastPathComponent
      let kind = try JSONDecoder().decode(Kind.self, from: data)
      // The city's lists are read by their own room.
      if kind.lists != nil { continue }
      if kind.channel != nil {
        reports.append((key, try ImportMapping(reading: data, file: file.lastPathComponent)))
      } else {
        registers.append((key, try CompoundMapping(json: data, name: file.lastPathComponent)))
      }
    }
    self.init(reports: reports, registers: registers)
  }
  private struct Kind: Decodable {
    let channel: String?
    let lists: String?
  }
}
