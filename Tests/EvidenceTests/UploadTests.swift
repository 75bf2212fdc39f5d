import Cases
import Foundation
import Kernel
import Matters
import People
import Storage
import TestHouse
import TestOffice
import Testing

@Suite struct ExhibitUploadTests {
  static let mega = 1 << 20

  /// Sends what is left, in parts.
  @discardableResult
  static func send(_ bytes: Data, from upload: ExhibitUpload, part: Int = 3 * mega, _ scene: EvidenceScene) async throws -> ExhibitUpload {
    var state = upload
    while !state.isWhole {
      let end = min(state.received + part, bytes.count)
      state = try await scene.cases.take(
        part: bytes.subdata(in: state.received..<end), at: state.received, of: state.id, in: scene.no, by: try scene.officer)
    }
    return state
  }
  static func files(_ scene: EvidenceScene, _ folder: String) throws -> [String] {
    let path = try #require(scene.vaultFolder).appending(path: folder).path
    return FileManager.default.fileExists(atPath: path) ? try FileManager.default.contentsOfDirectory(atPath: path) : []
  }

  @Test func aFilmGoesOnAfterABreak() async throws {
    let scene = try await EvidenceScene.make()
    let film = EvidenceScene.noise(10 * Self.mega + 17)
    let begun = try await scene.cases.beginUpload("执法仪 0923.mp4", size: film.count, sha256: nil, to: scene.no, by: try scene.officer)
    var state = try await scene.cases.take(part: film.prefix(4 * Self.mega), at: 0, of: begun.id, in: scene.no, by: try scene.officer)
    #expect(state.received == 4 * Self.mega && !state.isWhole)
    // The line broke. The browser asks where to go on; a part that does not follow is refused and changes nothing.
    let wrong = try await scene.refusal {
      _ = try await scene.cases.take(part: Data(film[0..<10]), at: 0, of: begun.id, in: scene.no, by: try scene.officer)
    }
    #expect(wrong?.code == "cases-upload-offset" && wrong?.message.contains("\(4 * Self.mega)") == true)
    state = try await scene.cases.upload(begun.id, of: scene.no, for: try scene.officer)
    state = try await Self.send(film, from: state, scene)
    #expect(state.sha256 == EvidenceScene.hash(film))
    #expect(try scene.house.vault.bytes(EvidenceScene.hash(film)) == film)
    #expect(try Self.files(scene, "parts").isEmpty)
    var new = NewExhibit(.document, title: "执法记录", proves: "检查过程", file: try await scene.cases.file(of: state))
    new.upload = state.id
    let exhibit = try await scene.add(new)
    #expect(exhibit.file?.sha256 == EvidenceScene.hash(film) && exhibit.counts)
    #expect(try await scene.cases.uploads(of: scene.no, for: try scene.officer).isEmpty)
  }

  /// The server fell over after a part was on disk and before that was written down: the part is sent again.
  @Test func aPartThatWasNotAcknowledgedIsSentAgain() async throws {
    let scene = try await EvidenceScene.make()
    let film = EvidenceScene.noise(5 * Self.mega)
    let begun = try await scene.cases.beginUpload(
      "a.mp4", size: film.count, sha256: EvidenceScene.hash(film), to: scene.no, by: try scene.officer)
    do {
      let part = try #require(try scene.house.vault.holdPart("\(begun.id)"))
      try part.write(EvidenceScene.noise(2 * Self.mega), at: 0)
    }
    let state = try await scene.cases.upload(begun.id, of: scene.no, for: try scene.officer)
    #expect(state.received == 0)
    #expect(try await Self.send(film, from: state, scene).sha256 == EvidenceScene.hash(film))
  }

  /// It fell over after the file had gone among the others and before that was written down.
  @Test func aFileThatIsWholeButNotWrittenDownIsFinishedByTheNextRequest() async throws {
    let scene = try await EvidenceScene.make()
    let film = EvidenceScene.noise(Self.mega)
    let begun = try await scene.cases.beginUpload("a.mp4", size: film.count, sha256: nil, to: scene.no, by: try scene.officer)
    do {
      let part = try #require(try scene.house.vault.holdPart("\(begun.id)"))
      try part.write(film, at: 0)
      _ = try scene.house.vault.keep(part)
    }
    try await scene.house.store.write { db in _ = try db.run("UPDATE exhibit_upload SET received = size WHERE id = \(begun.id)") }
    #expect(try await scene.exhibits().isEmpty)
    let state = try await scene.cases.take(part: Data(), at: film.count, of: begun.id, in: scene.no, by: try scene.officer)
    #expect(state.sha256 == EvidenceScene.hash(film))
    #expect(try Self.files(scene, "parts").isEmpty && Self.files(scene, "incoming").isEmpty)
  }

  @Test func whatIsNotWhatWasPromisedIsNotKept() async throws {
    let scene = try await EvidenceScene.make()
    let film = EvidenceScene.noise(Self.mega)
    let begun = try await scene.cases.beginUpload(
      "a.mp4", size: film.count, sha256: EvidenceScene.hash(Data()), to: scene.no, by: try scene.officer)
    let refused = try await scene.refusal { try await Self.send(film, from: begun, scene) }
    #expect(refused?.code == "cases-upload-differs")
    #expect(try await scene.cases.uploads(of: scene.no, for: try scene.officer).isEmpty)
    #expect(try Self.files(scene, "parts").isEmpty)
  }

  @Test func nobodyGoesOnWithAnothersUpload() async throws {
    let scene = try await EvidenceScene.make()
    let begun = try await scene.cases.beginUpload("a.mp4", size: 10, sha256: nil, to: scene.no, by: try scene.officer)
    let second = try scene.second
    let refused = try await scene.refusal {
      _ = try await scene.cases.take(part: Data(count: 10), at: 0, of: begun.id, in: scene.no, by: second)
    }
    #expect(refused?.code == "cases-upload-missing")
  }

  @Test func theLimitsHold() async throws {
    let scene = try await EvidenceScene.make()
    let officer = try scene.officer
    for size in [0, -1, ExhibitUpload.mostBytes + 1] {
      let refused = try await scene.refusal {
        _ = try await scene.cases.beginUpload("a", size: size, sha256: nil, to: scene.no, by: officer)
      }
      #expect(refused?.code == "cases-upload-size")
    }
    let begun = try await scene.cases.beginUpload("a.mp4", size: 10, sha256: nil, to: scene.no, by: officer)
    let long = try await scene.refusal {
      _ = try await scene.cases.take(part: Data(count: 11), at: 0, of: begun.id, in: scene.no, by: officer)
    }
    #expect(long?.code == "cases-upload-part")
  }

  @Test func aWeekLaterUnfinishedOnesAreGoneAndExhibitsStay() async throws {
    let scene = try await EvidenceScene.make()
    let (kept, left) = (EvidenceScene.noise(Self.mega), EvidenceScene.noise(Self.mega + 1))
    func begin(_ bytes: Data) async throws -> ExhibitUpload {
      try await scene.cases.beginUpload("a.mp4", size: bytes.count, sha256: nil, to: scene.no, by: try scene.officer)
    }
    let half = try await begin(kept)
    _ = try await scene.cases.take(part: kept.prefix(1000), at: 0, of: half.id, in: scene.no, by: try scene.officer)
    // One whole and registered, the same once more and forgotten, another whole and forgotten.
    for (bytes, registers) in [(kept, true), (kept, false), (left, false)] {
      let state = try await Self.send(bytes, from: try await begin(bytes), scene)
      if registers {
        var new = NewExhibit(.video, title: "执法记录", proves: "过程", file: try await scene.cases.file(of: state))
        new.upload = state.id
        try await scene.add(new)
      }
    }
    #expect(try await scene.cases.clearUploads() == 0)
    scene.office.clock.advance(minutes: (24 * 7 + 1) * 60)
    #expect(try await scene.cases.clearUploads() == 3)
    #expect(try Self.files(scene, "parts").isEmpty)
    for _ in 0..<2 {
      scene.office.clock.advance(minutes: 25 * 60)
      try await scene.office.matters.clearUploads(alsoReferredTo: Cases.fileColumns)
    }
    #expect(try scene.house.vault.bytes(EvidenceScene.hash(kept)) == kept)
    #expect(throws: VaultError.missing(EvidenceScene.hash(left))) { try scene.house.vault.bytes(EvidenceScene.hash(left)) }
  }
}
