import Storage

public enum CityListsMigrations {
  /// After the matters'. The figures read it.
  public static let all = [
    Migration(
      "city-lists-001",
      [
        // A line of a list; without a report while nobody knows one of that number. `district_id` is who the list came to.
        """
        CREATE TABLE city_entry (id integer primary key, district_id bigint NOT NULL REFERENCES office (id), kind text NOT NULL,
          month bigint NOT NULL, source_no text NOT NULL, said text NOT NULL, due_day text NOT NULL, state text NOT NULL,
          report_id bigint REFERENCES report (id), squad_id bigint REFERENCES office (id), entered_by bigint NOT NULL REFERENCES account (id),
          entered_at bigint NOT NULL, answer text, evidence text, answered_by bigint REFERENCES account (id), answered_at bigint,
          reviewed_by bigint REFERENCES account (id), reviewed_at bigint, review_note text, decided_by bigint REFERENCES account (id),
          decided_at bigint, verdict text, version bigint NOT NULL,
          CHECK (kind IN ('dissatisfied', 'unsolved', 'uncontacted')),
          CHECK (state IN ('open', 'accepted', 'asked', 'sent', 'upheld', 'rejected')))
        """,
        "CREATE UNIQUE INDEX city_entry_once ON city_entry (district_id, kind, month, source_no)",
        "CREATE INDEX city_entry_report ON city_entry (report_id) WHERE report_id IS NOT NULL",
        "CREATE INDEX city_entry_unmatched ON city_entry (district_id, id) WHERE report_id IS NULL",
        "CREATE INDEX city_entry_district ON city_entry (district_id, state, due_day)",
        "CREATE INDEX city_entry_squad ON city_entry (squad_id, state, due_day)",
        "CREATE INDEX city_entry_state ON city_entry (state, due_day)",
        "CREATE INDEX city_entry_entered ON city_entry (entered_by)",
        "CREATE INDEX city_entry_answered ON city_entry (answered_by)",
        "CREATE INDEX city_entry_reviewed ON city_entry (reviewed_by)",
        "CREATE INDEX city_entry_decided ON city_entry (decided_by)",
      ])
  ]
}
