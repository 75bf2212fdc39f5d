import Storage

public enum RetentionMigrations {
  /// After the matters'.
  public static let all = [
    Migration(
      "retention-001",
      [
        """
        CREATE TABLE erasure_request (id integer primary key, report_id bigint NOT NULL REFERENCES report (id),
          asked_by bigint NOT NULL REFERENCES account (id), asked_at bigint NOT NULL, reason text NOT NULL, state text NOT NULL,
          decided_by bigint REFERENCES account (id), decided_at bigint, answer text,
          CHECK (state IN ('asked', 'agreed', 'refused')))
        """,
        "CREATE INDEX erasure_request_report ON erasure_request (report_id)",
        "CREATE INDEX erasure_request_asked ON erasure_request (asked_by)",
        "CREATE INDEX erasure_request_decided ON erasure_request (decided_by)",
        "CREATE INDEX erasure_request_state ON erasure_request (state, id)",
        // Written before anything is erased, and dated when it has been: what was begun is carried to its end.
        """
        CREATE TABLE erasure (id integer primary key, subject_kind text NOT NULL, subject_id bigint NOT NULL, part text NOT NULL,
          decided_at bigint NOT NULL, request_id bigint REFERENCES erasure_request (id), done_at bigint)
        """,
        "CREATE UNIQUE INDEX erasure_once ON erasure (subject_kind, subject_id, part)",
        "CREATE INDEX erasure_done ON erasure (done_at, id)",
        "CREATE INDEX erasure_request_id ON erasure (request_id)",
        "CREATE INDEX import_finished ON import (finished_at)",
        "CREATE INDEX service_rating_at ON service_rating (at)",
      ])
  ]
}
