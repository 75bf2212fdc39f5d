import Storage

public enum IntakeMigrations {
  public static let all = [
    Migration(
      "intake-001",
      [
        """
        CREATE TABLE report (id integer primary key, no text NOT NULL, channel text NOT NULL, nature text NOT NULL,
          received_at bigint NOT NULL, said_at bigint NOT NULL, source_no text, urgent bigint NOT NULL, sealed text NOT NULL, masked text NOT NULL,
          place_text text NOT NULL, latitude double precision, longitude double precision, caller_tag text, caller_hint text,
          reachable bigint NOT NULL, reporter_id bigint, firm_id bigint REFERENCES firm (id), committee_id bigint REFERENCES committee (id),
          compound_id bigint REFERENCES compound (id), item text, reading text NOT NULL, matter_id bigint,
          receipt_hash text, idempotency_key text, row_hash text, duty text, version bigint NOT NULL)
        """,
        "CREATE UNIQUE INDEX report_no ON report (no)",
        "CREATE UNIQUE INDEX report_source ON report (channel, source_no)",
        "CREATE UNIQUE INDEX report_receipt ON report (receipt_hash)",
        "CREATE UNIQUE INDEX report_idempotency ON report (idempotency_key)",
        "CREATE INDEX report_matter ON report (matter_id)",
        "CREATE INDEX report_compound ON report (compound_id, id)",
        "CREATE INDEX report_firm ON report (firm_id, id)",
        "CREATE INDEX report_committee ON report (committee_id, id)",
        "CREATE INDEX report_reporter ON report (reporter_id, id)",
        """
        CREATE TABLE report_version (id integer primary key, report_id bigint NOT NULL REFERENCES report (id), version bigint NOT NULL,
          at bigint NOT NULL, sealed text NOT NULL, changed text NOT NULL)
        """,
        "CREATE UNIQUE INDEX report_version_no ON report_version (report_id, version)",
        """
        CREATE TABLE report_file (id integer primary key, report_id bigint NOT NULL REFERENCES report (id), position bigint NOT NULL,
          sha256 text NOT NULL, size bigint NOT NULL, media_type text NOT NULL, public_sha256 text, thumbnail_sha256 text, taken_at bigint,
          released bigint NOT NULL)
        """,
        "CREATE INDEX report_file_report ON report_file (report_id, position)",
        "CREATE INDEX report_file_sha ON report_file (sha256)",
        """
        CREATE TABLE reading_correction (id integer primary key, report_id bigint NOT NULL REFERENCES report (id), at bigint NOT NULL,
          account_id bigint NOT NULL, before text NOT NULL, after text NOT NULL)
        """,
        "CREATE INDEX reading_correction_report ON reading_correction (report_id)",
        """
        CREATE TABLE look (id integer primary key, report_id bigint NOT NULL REFERENCES report (id), at bigint NOT NULL, account_id bigint NOT NULL,
          purpose text NOT NULL)
        """,
        "CREATE INDEX look_report ON look (report_id)",
        "CREATE INDEX look_account ON look (account_id, id)",
        """
        CREATE TABLE import (id integer primary key, kind text NOT NULL, file_name text NOT NULL, sha256 text NOT NULL, mapping text NOT NULL,
          state text NOT NULL, lines bigint NOT NULL, done bigint NOT NULL, added bigint NOT NULL, changed bigint NOT NULL, same bigint NOT NULL,
          failed bigint NOT NULL, account_id bigint NOT NULL, office_id bigint, at bigint NOT NULL, finished_at bigint, trouble text)
        """,
        """
        CREATE TABLE import_error (id integer primary key, import_id bigint NOT NULL REFERENCES import (id), line bigint NOT NULL,
          reason text NOT NULL, cells text NOT NULL)
        """,
        "CREATE INDEX import_error_import ON import_error (import_id, line)",
      ], searchTables: ["report_search"]),
    // Files are asked for by the hash of whichever copy a page shows.
    Migration(
      "intake-002",
      [
        "CREATE INDEX report_file_public ON report_file (public_sha256)",
        "CREATE INDEX report_file_thumbnail ON report_file (thumbnail_sha256)",
      ]),
    // Files that were uploaded to be looked at before they are imported: nothing else says that they are there.
    Migration(
      "intake-003",
      [
        "CREATE TABLE upload (sha256 text PRIMARY KEY, at bigint NOT NULL, aside_at bigint)",
        "CREATE INDEX upload_at ON upload (at)",
        "CREATE INDEX import_sha ON import (sha256)",
      ]),
    // Most reports come from no firm, no committee and no patrol, and a key is sent by few.
    Migration(
      "intake-004",
      [
        "DROP INDEX report_source", "CREATE UNIQUE INDEX report_source ON report (channel, source_no) WHERE source_no IS NOT NULL",
        "DROP INDEX report_idempotency",
        "CREATE UNIQUE INDEX report_idempotency ON report (idempotency_key) WHERE idempotency_key IS NOT NULL",
        "DROP INDEX report_firm", "CREATE INDEX report_firm ON report (firm_id, id) WHERE firm_id IS NOT NULL",
        "DROP INDEX report_committee", "CREATE INDEX report_committee ON report (committee_id, id) WHERE committee_id IS NOT NULL",
        "DROP INDEX report_reporter", "CREATE INDEX report_reporter ON report (reporter_id, id) WHERE reporter_id IS NOT NULL",
      ], searchWindows: ["report_search"]),
    Migration("intake-005", [], searchBusy: ["report_search"]),
    // Rows of a file have no receipt. As a hash stands anywhere in the index, each cost a page of its own.
    Migration(
      "intake-006",
      ["DROP INDEX report_receipt", "CREATE UNIQUE INDEX report_receipt ON report (receipt_hash) WHERE receipt_hash IS NOT NULL"]),
  ]
}
