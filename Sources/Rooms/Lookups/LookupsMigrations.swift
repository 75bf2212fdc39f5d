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
      ])
  ]
}
