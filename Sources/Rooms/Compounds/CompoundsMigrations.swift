import Storage

public enum CompoundsMigrations {
  public static let all = [
    Migration(
      "compounds-001",
      [
        """
        CREATE TABLE firm (id integer primary key, name text NOT NULL, folded text NOT NULL, credit_code text, phone text, created_at bigint NOT NULL)
        """,
        "CREATE UNIQUE INDEX firm_folded ON firm (folded)",
        "CREATE UNIQUE INDEX firm_credit_code ON firm (credit_code)",
        """
        CREATE TABLE compound (id integer primary key, no text NOT NULL, name text NOT NULL, squad_id bigint NOT NULL REFERENCES office (id),
          district_id bigint NOT NULL REFERENCES office (id), address text NOT NULL, latitude double precision, longitude double precision,
          households bigint, buildings bigint, built_year bigint, firm_id bigint REFERENCES firm (id), manager_name text, manager_phone text,
          state text NOT NULL, search text NOT NULL, source_key text, source_digest text, created_at bigint NOT NULL, updated_at bigint NOT NULL,
          CHECK (state IN ('active', 'closed')))
        """,
        "CREATE UNIQUE INDEX compound_no ON compound (no)",
        "CREATE UNIQUE INDEX compound_source ON compound (source_key)",
        "CREATE INDEX compound_squad ON compound (squad_id, name, id)",
        "CREATE INDEX compound_district ON compound (district_id, name, id)",
        "CREATE INDEX compound_firm ON compound (firm_id, name, id)",
        "CREATE INDEX compound_name ON compound (name, id)",
        """
        CREATE TABLE compound_alias (id integer primary key, compound_id bigint NOT NULL REFERENCES compound (id), alias text NOT NULL,
          source text NOT NULL, created_at bigint NOT NULL)
        """,
        "CREATE UNIQUE INDEX compound_alias_once ON compound_alias (compound_id, alias)",
        """
        CREATE TABLE compound_address (id integer primary key, compound_id bigint NOT NULL REFERENCES compound (id), text text NOT NULL)
        """,
        "CREATE UNIQUE INDEX compound_address_once ON compound_address (compound_id, text)",
        "CREATE TABLE building (id integer primary key, compound_id bigint NOT NULL REFERENCES compound (id), name text NOT NULL)",
        "CREATE UNIQUE INDEX building_once ON building (compound_id, name)",
        """
        CREATE TABLE committee (id integer primary key, kind text NOT NULL, name text NOT NULL, phone text, created_at bigint NOT NULL,
          CHECK (kind IN ('residents', 'owners')))
        """,
        "CREATE INDEX committee_name ON committee (name)",
        """
        CREATE TABLE committee_compound (committee_id bigint NOT NULL REFERENCES committee (id),
          compound_id bigint NOT NULL REFERENCES compound (id), PRIMARY KEY (committee_id, compound_id))
        """,
        "CREATE INDEX committee_compound_of ON committee_compound (compound_id)",
        """
        CREATE TABLE studio (id integer primary key, squad_id bigint NOT NULL REFERENCES office (id), no text NOT NULL, name text NOT NULL,
          address text NOT NULL, hours text NOT NULL, phone text, latitude double precision, longitude double precision, state text NOT NULL,
          created_at bigint NOT NULL, CHECK (state IN ('open', 'closed')))
        """,
        "CREATE UNIQUE INDEX studio_no ON studio (no)",
        "CREATE INDEX studio_squad ON studio (squad_id)",
        """
        CREATE TABLE compound_officer (compound_id bigint NOT NULL REFERENCES compound (id), from_day text NOT NULL, account_id bigint,
          PRIMARY KEY (compound_id, from_day))
        """,
        "CREATE INDEX compound_officer_account ON compound_officer (account_id)",
      ])
  ]
}
