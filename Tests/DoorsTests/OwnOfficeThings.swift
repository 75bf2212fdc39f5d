import Compounds
import Foundation
import Intake
import Kernel
import Matters
import Offices
import People
import StaffWeb
import Storage
import TestHouse

@testable import longtang

extension OwnObjects {
  /// An account, an import, a studio, a deputy, a session and a job of `Side.own`.
  static func officeThings(_ scene: WholeHouse, _ squad: Office.ID) async throws -> [String: String] {
    let officer = try scene.somebody(.officer).person
    let leader = try scene.somebody(.squadLeader).person
    let dispatcher = try scene.somebody(.dispatcher).person
    let house = scene.house
    let now = scene.clock.now
    guard let mapping = scene.composition.mappings.reports.first?.mapping else { throw Refusal(.missing, "test", "no mapping") }
    let run = try await scene.composition.matters.beginImport(
      Data("工单编号,案件描述\nSH-1,楼道堆物\n".utf8), name: "热线.csv", mapping: mapping, by: dispatcher)
    guard let list = scene.composition.mappings.registers.first?.mapping else { throw Refusal(.missing, "test", "no mapping of registers") }
    let manager = try scene.somebody(.districtManager)
    let register = try await scene.composition.matters.beginRegister(
      Data("小区名称,区,街镇\n徐泾新苑,青浦区,徐泾镇\n".utf8), name: "名册.csv", mapping: list, by: manager.person)
    let deputy = try await Deputies.appoint(
      leader.id, for: officer.id, from: now.day, to: now.day.adding(days: 3), reason: "培训", by: officer, in: house)
    let (session, studio, job) = try await house.store.write { db in
      (
        try SignInLog.sessions(of: officer.id, at: now, db).first?.id, try StudioStore.list(of: squad, db).first?.id,
        try Jobs.list(state: nil, db).first?.id
      )
    }
    return [
      "account": "\(officer.id)", "import": "\(run)", "register-import": "\(register)", "deputy": "\(deputy)",
      "session": "\(session?.raw ?? 0)",
      "studio-id": "\(studio?.raw ?? 0)", "job": "\(job ?? 0)",
    ]
  }
}
