import Storage

public enum LookupsMigrations {
  public static let all = [
    Migration(
      "lookups-001",
      [
        """
        CREATE TABLE saved_lookup (id integer primary key, account_id bigint NOT NULL REFERENCES account (id),
          office_id bigint REFERENCES office (id), name text NOT NULL, address text NOT NULL, shared bigint NOT NULL)
        """,
        "CREATE UNIQUE INDEX saved_lookup_name ON saved_lookup (account_id, name)",
        "CREATE INDEX saved_lookup_office ON saved_lookup (office_id, shared)",
      ]),
    Migration(
      "lookups-002",
      [
        // Of one squad's month what reports and matters are asked for by; see Extract. Zero stands for nobody.
        """
        CREATE TABLE lookup_extract (id integer primary key, subject text NOT NULL, month bigint NOT NULL, squad_id bigint NOT NULL,
          district_id bigint NOT NULL, things blob NOT NULL, CHECK (subject IN ('reports', 'matters')))
        """,
        "CREATE UNIQUE INDEX lookup_extract_key ON lookup_extract (subject, month, district_id, squad_id)",
      ]),
  ]
}
