import Storage

public enum EffectsMigrations {
  /// After the hot spots'.
  public static let all = [
    Migration(
      "effects-001",
      [
        """
        CREATE TABLE assessment (id integer primary key, no text NOT NULL, title text NOT NULL, kind text NOT NULL,
          office_id bigint NOT NULL REFERENCES office (id), district_id bigint REFERENCES office (id),
          list_id bigint REFERENCES focus_list (id), item text, from_day text NOT NULL, through_day text NOT NULL,
          opened_by bigint NOT NULL REFERENCES account (id), opened_at bigint NOT NULL, CHECK (kind IN ('list', 'campaign', 'pilot')))
        """,
        "CREATE UNIQUE INDEX assessment_no ON assessment (no)",
        "CREATE UNIQUE INDEX assessment_title ON assessment (office_id, title)",
        "CREATE INDEX assessment_district ON assessment (district_id, id)",
        "CREATE INDEX assessment_list ON assessment (list_id)",
        "CREATE INDEX assessment_period ON assessment (through_day, from_day)",
        "CREATE INDEX assessment_opener ON assessment (opened_by)",
        // Where something was done.
        """
        CREATE TABLE assessment_place (id integer primary key, assessment_id bigint NOT NULL REFERENCES assessment (id),
          compound_id bigint NOT NULL REFERENCES compound (id))
        """,
        "CREATE UNIQUE INDEX assessment_place_pair ON assessment_place (assessment_id, compound_id)",
        "CREATE INDEX assessment_place_compound ON assessment_place (compound_id)",
        // What was reckoned on a day. Reckoned anew it is another row; none is changed.
        """
        CREATE TABLE assessment_result (id integer primary key, assessment_id bigint NOT NULL REFERENCES assessment (id), at bigint NOT NULL,
          account_id bigint NOT NULL REFERENCES account (id), version text NOT NULL, verdict text NOT NULL, result text NOT NULL)
        """,
        "CREATE INDEX assessment_result_assessment ON assessment_result (assessment_id, id)",
        "CREATE INDEX assessment_result_account ON assessment_result (account_id)",
      ])
  ]
}
