import Crypto
import Foundation
import Kernel
import Storage

/// A report as it will be written: read, masked and sealed. All of this needs only the processor, so that the one transaction that
/// everybody waits for does nothing but write.
public struct ReadyReport: Sendable {
  public let id: Report.ID
  public let new: NewReport
  public let reading: Reading
  /// To hand out once, for channels without an account; only its hash is stored. Nil for a row of a file: nobody is there to take it.
  public let receipt: String?
  let masked: String
  let place: String
  let box: String
  /// SHA-256 of the sealed words, hex.
  let boxHash: String
  let tag: String?
  let hint: String?
  let reachable: Bool
  let receiptHash: String?
  let readingText: String
  let duty: String?
  let rowHash: String?
  /// For searching, without the report's number.
  let words: [String]

  /// - Parameters:
  ///   - room: the room the words name; sealed like the caller.
  ///   - hasReceipt: whether somebody may be given a code to follow it.
  public init(_ new: NewReport, reading: Reading, room: String?, hasReceipt: Bool = true, house: House, at now: Moment) throws {
    let id: Report.ID = house.ids.next(at: now)
    let names = [new.callerName].compactMap { $0 }
    let phone = new.callerPhone.flatMap { $0.isEmpty ? nil : $0 }
    let sealed = SealedReport(content: new.content, place: new.place, room: room, name: new.callerName, phone: phone, raw: new.raw)
    self.id = id
    self.new = new
    self.reading = reading
    masked = Masking.mask(new.content, names: names)
    place = Masking.mask(new.place, names: names)
    box = try house.seals.seal(sealed.json, for: Subject("report", id), at: now)
    boxHash = Data(SHA256.hash(data: Data(box.utf8))).hex
    tag = try phone.map { try house.seals.tag($0.filter(\.isNumber)) }
    hint = Masking.hint(name: new.callerName, phone: phone)
    reachable = phone != nil
    receipt = hasReceipt ? ReceiptCode.make() : nil
    receiptHash = receipt.flatMap(ReceiptCode.hash)
    readingText = reading.json
    duty = try new.duty.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
    rowHash = ReportStore.rowHash(new.raw)
    words = TextSearch.words("\(new.sourceNo ?? "") \(place) \(masked)")
  }

  public func report(no: String, matter: Int64, at now: Moment) -> Report {
    Report(
      id: id, no: no, channel: new.channel, nature: new.nature, receivedAt: now, saidAt: new.saidAt, sourceNo: new.sourceNo,
      urgent: new.urgent, masked: masked, placeText: place, position: new.position, callerTag: tag, callerHint: hint, reachable: reachable,
      reporter: new.reporter, firm: new.firm, committee: new.committee, reading: reading, matter: matter, version: 1)
  }
}
