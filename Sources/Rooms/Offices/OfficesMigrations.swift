import Storage

public enum OfficesMigrations {
  public static let all = [
    Migration(
      "offices-001",
      [
        """
        CREATE TABLE office (id integer primary key, code text NOT NULL, name text NOT NULL, short text NOT NULL, kind text NOT NULL,
          parent_id bigint REFERENCES office (id), district_id bigint REFERENCES office (id), created_at bigint NOT NULL)
        """,
        "CREATE UNIQUE INDEX office_code ON office (code)",
        "CREATE INDEX office_parent ON office (parent_id)",
        "CREATE INDEX office_district ON office (district_id)",
      ]),
    Migration("offices-002", ["ALTER TABLE office ADD COLUMN area_code text", "CREATE INDEX office_area ON office (area_code)"]),
  ]
}
