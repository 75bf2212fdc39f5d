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
          published_at bigint, closed_at bigint, due_at bigint NOT NULL, once_key text, version bigint NOT NULL,
          updated_at bigint NOT NULL)
        """,
        "CREATE UNIQUE INDEX case_no ON case_file (no)",
        "CREATE UNIQUE INDEX case_once ON case_file (once_key) WHERE once_key IS NOT NULL",
        "CREATE INDEX case_open ON case_file (open, id)",
        "CREATE INDEX case_squad ON case_file (squad_id, open, id)",
        "CREATE INDEX case_squad_state ON case_file (squad_id, state, id)",
        "CREATE INDEX case_district ON case_file (district_id, open, id)",
        "CREATE INDEX case_district_state ON case_file (district_id, state, id)",
        "CREATE INDEX case_organ ON case_file (organ_id, state, id)",
        "CREATE INDEX case_matter ON case_file (matter_id)",
        "CREATE INDEX case_compound ON case_file (compound_id, id)",
        "CREATE INDEX case_opener ON case_file (opened_by)",
        "CREATE INDEX case_published ON case_file (id) WHERE published_at IS NOT NULL",
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
    evidence,
    // 诉转案 and 一案双查.
    Migration(
      "cases-004",
      [
        """
        CREATE TABLE filing_duty (matter_id integer primary key REFERENCES matter (id), squad_id bigint NOT NULL REFERENCES office (id),
          district_id bigint REFERENCES office (id), item text, grounds text NOT NULL, state text NOT NULL, at bigint NOT NULL,
          case_id bigint REFERENCES case_file (id), reason text, stock_owner text, stock_evidence text,
          decided_by bigint REFERENCES account (id), decided_at bigint)
        """,
        "CREATE INDEX filing_duty_squad ON filing_duty (squad_id, state, at)",
        "CREATE INDEX filing_duty_district ON filing_duty (district_id, state, at)",
        "CREATE INDEX filing_duty_state ON filing_duty (state, at)",
        "CREATE INDEX filing_duty_case ON filing_duty (case_id)",
        "CREATE INDEX filing_duty_decider ON filing_duty (decided_by)",
        """
        CREATE TABLE firm_check (matter_id integer primary key REFERENCES matter (id), squad_id bigint NOT NULL REFERENCES office (id),
          district_id bigint REFERENCES office (id), state text NOT NULL, at bigint NOT NULL, note text, case_id bigint REFERENCES case_file (id),
          checked_by bigint REFERENCES account (id), checked_at bigint)
        """,
        "CREATE INDEX firm_check_state ON firm_check (state, at)",
        "CREATE INDEX firm_check_district ON firm_check (district_id, state, at)",
        "CREATE INDEX firm_check_squad ON firm_check (squad_id, state, at)",
        "CREATE INDEX firm_check_case ON firm_check (case_id)",
        "CREATE INDEX firm_check_checker ON firm_check (checked_by)",
      ]),
    // What happens beside the procedure: police, credit, the register of real estate.
    Migration(
      "cases-005",
      [
        """
        CREATE TABLE case_incident (id integer primary key, case_id bigint NOT NULL REFERENCES case_file (id), kind text NOT NULL,
          at bigint NOT NULL, account_id bigint NOT NULL REFERENCES account (id), note text NOT NULL, unit text, outcome text, answered_at bigint)
        """,
        "CREATE INDEX case_incident_case ON case_incident (case_id)",
        "CREATE INDEX case_incident_account ON case_incident (account_id)",
        """
        CREATE TABLE case_credit (id integer primary key, case_id bigint NOT NULL REFERENCES case_file (id), subject text NOT NULL,
          name text NOT NULL, points bigint NOT NULL, article text NOT NULL, behaviour text NOT NULL, at bigint NOT NULL,
          account_id bigint NOT NULL REFERENCES account (id), sent_at bigint, answer text, answered_at bigint)
        """,
        "CREATE INDEX case_credit_case ON case_credit (case_id)",
        "CREATE INDEX case_credit_account ON case_credit (account_id)",
        """
        CREATE TABLE case_registry (case_id integer primary key REFERENCES case_file (id), state text NOT NULL, asked_at bigint NOT NULL,
          asked_by bigint NOT NULL REFERENCES account (id), certificate_no text, noted_on text, lifted_on text, note text)
        """,
        "CREATE INDEX case_registry_asker ON case_registry (asked_by)",
        "CREATE INDEX case_decided ON case_file (decided_at) WHERE decided_at IS NOT NULL",
      ]),
    Guides.migration,
    WorkGuides.migration,
    joint,
    evidenceRound,
    // A city's cases by state, and those whose time is over, are counted without reading them.
    Migration(
      "cases-010",
      [
        "CREATE INDEX case_state ON case_file (state, id)", "CREATE INDEX case_due ON case_file (due_at, id) WHERE open = 1",
      ]),
  ]
}
