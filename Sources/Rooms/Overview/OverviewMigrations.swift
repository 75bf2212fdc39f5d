import Storage

public enum OverviewMigrations {
  /// After the figures'.
  public static let all = [
    Migration(
      "overview-001",
      [
        """
        CREATE TABLE outline_set (id integer primary key, name text NOT NULL, source text NOT NULL, datum text NOT NULL,
          outlines bigint NOT NULL, points bigint NOT NULL, digest text NOT NULL, at bigint NOT NULL, account_id bigint NOT NULL REFERENCES account (id),
          office_id bigint REFERENCES office (id))
        """,
        "CREATE INDEX outline_set_account ON outline_set (account_id)",
        "CREATE INDEX outline_set_office ON outline_set (office_id)",
        "CREATE INDEX outline_set_digest ON outline_set (digest)",
        """
        CREATE TABLE outline (id integer primary key, set_id bigint NOT NULL REFERENCES outline_set (id), name text NOT NULL, rings text NOT NULL)
        """,
        "CREATE INDEX outline_set_id ON outline (set_id, id)",
        // A bulletin: drafted from the figures, edited by people, frozen when it is issued.
        """
        CREATE TABLE bulletin (id integer primary key, no text NOT NULL, kind text NOT NULL, office_id bigint NOT NULL REFERENCES office (id),
          from_day text NOT NULL, through_day text NOT NULL, title text NOT NULL, content text NOT NULL, state text NOT NULL,
          version bigint NOT NULL, made_by bigint NOT NULL REFERENCES account (id), made_at bigint NOT NULL, issued_by bigint REFERENCES account (id),
          issued_at bigint, sha256 text, CHECK (kind IN ('weekly', 'monthly', 'annual')), CHECK (state IN ('draft', 'issued', 'dropped')))
        """,
        "CREATE UNIQUE INDEX bulletin_no ON bulletin (no)",
        "CREATE INDEX bulletin_office ON bulletin (office_id, id)",
        "CREATE INDEX bulletin_made ON bulletin (made_by)",
        "CREATE INDEX bulletin_issued ON bulletin (issued_by)",
        "CREATE INDEX bulletin_sha ON bulletin (sha256)",
      ])
  ]
  /// Columns that name files of the vault.
  public static let fileColumns: [(table: String, column: String)] = [("bulletin", "sha256")]
}
