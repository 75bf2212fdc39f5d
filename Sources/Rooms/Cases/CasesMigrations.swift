import Storage

public enum CasesMigrations {
  public static let all = [
    Migration(
      "cases-001",
      [
        """
        CREATE TABLE case_file (id integer primary key, no text NOT NULL, state text NOT NULL, open bigint NOT NULL, procedure text NOT NULL,
          item text NOT NULL, title text NOT NULL, place_text text NOT NULL, matter_id bigint REFERENCES matter (id),
          compound_id bigint REFERENCES compound (id), squad_id bigint NOT NULL REFERENCES office (id),
          district_id bigint REFERENCES office (id), organ_id bigint NOT NULL REFERENCES office (id), party_name text, file text NOT NULL,
          filing_no text, opened_by bigint NOT NULL REFERENCES account (id), opened_at bigint NOT NULL, filed_at bigint, decided_at bigint,
          closed_at bigint, due_at bigint NOT NULL, version bigint NOT NULL, updated_at bigint NOT NULL)
        """,
        "CREATE UNIQUE INDEX case_no ON case_file (no)",
        "CREATE INDEX case_open ON case_file (open, id)",
        "CREATE INDEX case_squad ON case_file (squad_id, open, id)",
        "CREATE INDEX case_squad_state ON case_file (squad_id, state, id)",
        "CREATE INDEX case_district ON case_file (district_id, open, id)",
        "CREATE INDEX case_district_state ON case_file (district_id, state, id)",
        "CREATE INDEX case_organ ON case_file (organ_id, state, id)",
        "CREATE INDEX case_matter ON case_file (matter_id)",
        "CREATE INDEX case_compound ON case_file (compound_id, id)",
        "CREATE INDEX case_opener ON case_file (opened_by)",
        """
        CREATE TABLE case_party (case_id integer primary key REFERENCES case_file (id), kind text NOT NULL, name text NOT NULL,
          address text, representative text, sealed text, tag text)
        """,
        "CREATE INDEX case_party_tag ON case_party (tag) WHERE tag IS NOT NULL",
        """
        CREATE TABLE case_officer (case_id bigint NOT NULL REFERENCES case_file (id), account_id bigint NOT NULL REFERENCES account (id),
          certificate text NOT NULL, PRIMARY KEY (case_id, account_id))
        """,
        "CREATE INDEX case_officer_account ON case_officer (account_id, case_id)",
        """
        CREATE TABLE case_step (id integer primary key, case_id bigint NOT NULL REFERENCES case_file (id), sequence bigint NOT NULL,
          at bigint NOT NULL, account_id bigint NOT NULL REFERENCES account (id), role text NOT NULL, event text NOT NULL, act text NOT NULL,
          said text NOT NULL, note text)
        """,
        "CREATE UNIQUE INDEX case_step_sequence ON case_step (case_id, sequence)",
        "CREATE INDEX case_step_account ON case_step (account_id)",
        """
        CREATE TABLE certificate (account_id integer primary key REFERENCES account (id), number text NOT NULL, valid_until text NOT NULL,
          noted_by bigint NOT NULL REFERENCES account (id), noted_at bigint NOT NULL)
        """,
        "CREATE INDEX certificate_noter ON certificate (noted_by)",
      ]),
    papers,
  ]
}
