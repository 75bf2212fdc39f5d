import Storage

public enum GradesMigrations {
  /// After the cases' and the patterns'.
  public static let all = [
    Migration(
      "grades-001",
      [
        // One row for as long as factors and grade stay the same; `over_day` ends it.
        """
        CREATE TABLE grade (id integer primary key, compound_id bigint NOT NULL REFERENCES compound (id),
          squad_id bigint NOT NULL REFERENCES office (id), district_id bigint REFERENCES office (id), grade text NOT NULL,
          rank bigint NOT NULL, points bigint NOT NULL, quiet bigint NOT NULL, version text NOT NULL, facts text NOT NULL, because text NOT NULL,
          before text, from_day text NOT NULL, over_day text)
        """,
        "CREATE UNIQUE INDEX grade_now ON grade (compound_id) WHERE over_day IS NULL",
        "CREATE INDEX grade_compound ON grade (compound_id, id)",
        "CREATE INDEX grade_squad ON grade (squad_id, rank, points) WHERE over_day IS NULL",
        "CREATE INDEX grade_district ON grade (district_id, rank, points) WHERE over_day IS NULL",
        "CREATE INDEX grade_worst ON grade (rank, points) WHERE over_day IS NULL",
        """
        CREATE TABLE grade_override (id integer primary key, compound_id bigint NOT NULL REFERENCES compound (id), grade text NOT NULL,
          reason text NOT NULL, until_day text NOT NULL, at bigint NOT NULL, account_id bigint NOT NULL REFERENCES account (id),
          ended_at bigint, ended_by bigint REFERENCES account (id))
        """,
        "CREATE UNIQUE INDEX grade_override_now ON grade_override (compound_id) WHERE ended_at IS NULL",
        "CREATE INDEX grade_override_compound ON grade_override (compound_id, id)",
        "CREATE INDEX grade_override_account ON grade_override (account_id)",
        "CREATE INDEX grade_override_ender ON grade_override (ended_by)",
        """
        CREATE TABLE inspection (id integer primary key, no text NOT NULL, kind text NOT NULL, compound_id bigint NOT NULL REFERENCES compound (id),
          squad_id bigint NOT NULL REFERENCES office (id), district_id bigint REFERENCES office (id),
          officer_id bigint REFERENCES account (id), month bigint NOT NULL, turn bigint NOT NULL, grade text NOT NULL, reason text NOT NULL,
          due_day text NOT NULL, state text NOT NULL, result text, note text, matter_id bigint REFERENCES matter (id), done_day text,
          done_at bigint, done_by bigint REFERENCES account (id), version bigint NOT NULL,
          CHECK (kind IN ('routine', 'recheck') AND state IN ('planned', 'done', 'missed', 'dropped')))
        """,
        "CREATE UNIQUE INDEX inspection_no ON inspection (no)",
        "CREATE UNIQUE INDEX inspection_turn ON inspection (compound_id, month, turn) WHERE kind = 'routine'",
        "CREATE INDEX inspection_compound ON inspection (compound_id, id)",
        "CREATE INDEX inspection_squad ON inspection (squad_id, month, state)",
        "CREATE INDEX inspection_district ON inspection (district_id, month, state)",
        "CREATE INDEX inspection_month ON inspection (month, state)",
        "CREATE INDEX inspection_planned ON inspection (squad_id, due_day) WHERE state = 'planned'",
        "CREATE INDEX inspection_officer ON inspection (officer_id, due_day)",
        "CREATE INDEX inspection_doer ON inspection (done_by)",
        "CREATE INDEX inspection_matter ON inspection (matter_id)",
      ]),
    // A visit that nobody planned is a routine one of its own turn, known again by the key under which its form was sent.
    Migration(
      "grades-002",
      [
        "ALTER TABLE inspection ADD COLUMN unplanned bigint NOT NULL DEFAULT 0",
        "ALTER TABLE inspection ADD COLUMN sent_key text",
        "CREATE UNIQUE INDEX inspection_key ON inspection (sent_key) WHERE sent_key IS NOT NULL",
        "CREATE INDEX inspection_done ON inspection (done_at) WHERE done_at IS NOT NULL",
        """
        CREATE TABLE inspection_photo (id integer primary key, inspection_id bigint NOT NULL REFERENCES inspection (id),
          position bigint NOT NULL, sha256 text NOT NULL, size bigint NOT NULL, media_type text NOT NULL, public_sha256 text,
          thumbnail_sha256 text, taken_at bigint)
        """,
        "CREATE UNIQUE INDEX inspection_photo_position ON inspection_photo (inspection_id, position)",
        "CREATE INDEX inspection_photo_sha ON inspection_photo (sha256)",
        "CREATE INDEX inspection_photo_public ON inspection_photo (public_sha256)",
        "CREATE INDEX inspection_photo_thumbnail ON inspection_photo (thumbnail_sha256)",
      ]),
  ]
}
