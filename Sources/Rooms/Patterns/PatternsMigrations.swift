import Storage

public enum PatternsMigrations {
  /// After the matters'.
  public static let all = [
    Migration(
      "patterns-001",
      [
        """
        CREATE TABLE pattern (id integer primary key, rule text NOT NULL, version text NOT NULL, kind text NOT NULL,
          compound_id bigint NOT NULL REFERENCES compound (id), squad_id bigint NOT NULL REFERENCES office (id),
          district_id bigint REFERENCES office (id), item text NOT NULL, place text NOT NULL, from_day text NOT NULL, through_day text NOT NULL,
          reports bigint NOT NULL, callers bigint NOT NULL, unnamed bigint NOT NULL, most bigint NOT NULL, places bigint NOT NULL,
          level bigint NOT NULL, months text NOT NULL, items bigint NOT NULL, state text NOT NULL, found_at bigint NOT NULL,
          seen_at bigint NOT NULL, over_at bigint, decided_by bigint REFERENCES account (id), decided_at bigint, reason text,
          CHECK (state IN ('found', 'planned', 'dismissed')))
        """,
        // One finding at a time of one thing; when it is over the next one is another.
        "CREATE UNIQUE INDEX pattern_now ON pattern (rule, compound_id, item, place) WHERE over_at IS NULL",
        "CREATE INDEX pattern_compound ON pattern (compound_id, id)",
        "CREATE INDEX pattern_squad ON pattern (squad_id, id)",
        "CREATE INDEX pattern_district ON pattern (district_id, id)",
        "CREATE INDEX pattern_decided ON pattern (decided_by)",
        "CREATE INDEX pattern_open ON pattern (level, id) WHERE over_at IS NULL",
        """
        CREATE TABLE pattern_report (id integer primary key, pattern_id bigint NOT NULL REFERENCES pattern (id),
          report_id bigint NOT NULL REFERENCES report (id))
        """,
        "CREATE UNIQUE INDEX pattern_report_pair ON pattern_report (pattern_id, report_id)",
        "CREATE INDEX pattern_report_report ON pattern_report (report_id)",
        """
        CREATE TABLE plan (id integer primary key, no text NOT NULL, pattern_id bigint NOT NULL REFERENCES pattern (id),
          compound_id bigint NOT NULL REFERENCES compound (id), squad_id bigint NOT NULL REFERENCES office (id),
          district_id bigint REFERENCES office (id), item text, measure text NOT NULL, goal text NOT NULL,
          owner_id bigint NOT NULL REFERENCES account (id), due_day text NOT NULL, state text NOT NULL,
          opened_by bigint NOT NULL REFERENCES account (id), opened_at bigint NOT NULL, closed_by bigint REFERENCES account (id),
          closed_at bigint, outcome text, version bigint NOT NULL, CHECK (state IN ('open', 'done', 'dropped')))
        """,
        "CREATE UNIQUE INDEX plan_no ON plan (no)",
        "CREATE UNIQUE INDEX plan_pattern ON plan (pattern_id)",
        "CREATE INDEX plan_compound ON plan (compound_id, id)",
        "CREATE INDEX plan_squad ON plan (squad_id, state, due_day)",
        "CREATE INDEX plan_district ON plan (district_id, state, due_day)",
        "CREATE INDEX plan_state ON plan (state, due_day)",
        "CREATE INDEX plan_owner ON plan (owner_id, state, due_day)",
        "CREATE INDEX plan_opened ON plan (opened_by)",
        "CREATE INDEX plan_closed ON plan (closed_by)",
        """
        CREATE TABLE plan_note (id integer primary key, plan_id bigint NOT NULL REFERENCES plan (id), at bigint NOT NULL,
          account_id bigint NOT NULL REFERENCES account (id), text text NOT NULL)
        """,
        "CREATE INDEX plan_note_plan ON plan_note (plan_id, id)",
        "CREATE INDEX plan_note_account ON plan_note (account_id)",
      ])
  ]
}
