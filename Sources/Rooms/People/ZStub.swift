import Kernel
import Offices
import Storage
public enum Deputies { public static func acting(for account: Person.ID, on day: Day, _ db: any Reader) throws -> Person.ID { account } }
public enum DutyCalls {
  @discardableResult
  public static func ring(
    _ office: Office.ID, about subject: Subject, reason: String, at now: Moment, isWorkday: (Day) -> Bool, ids: IdentifierSource, _ db: any Writer
  ) throws -> Int64 { 0 }
}
