import Kernel
import People
import Storage
import TestHouse

@testable import longtang

enum AttackKit {
  /// One more browser in which somebody is signed in.
  static func session(of person: Person, _ scene: WholeHouse) async throws -> (token: String, cookie: String, csrf: String) {
    let (token, csrf) = (Secrets.token(), Secrets.token())
    let now = scene.clock.now
    let id: SessionID = scene.house.ids.next(at: now)
    try await scene.house.store.write { db in
      try db.run(
        """
        INSERT INTO session (id, token_hash, account_id, csrf, created_at, seen_at, expires_at, agent)
        VALUES (\(id), \(Secrets.hash(of: token)), \(person.id), \(csrf), \(now), \(now), \(now.adding(hours: 8)), 'second')
        """)
    }
    return (token, "longtang=\(token)", csrf)
  }
}
