import Catalogue
import ClockBook
import Storage
import WorkCalendar
import Workflow

public enum MattersMigrations {
  public static let all = [
    Migration(
      "matters-001",
      [
        """
        CREATE TABLE matter (id integer primary key, no text NOT NULL, state text NOT NULL, open bigint NOT NULL, title text NOT NULL,
          compound_id bigint REFERENCES compound (id), building text, place_text text NOT NULL, item text,
          squad_id bigint REFERENCES office (id), district_id bigint REFERENCES office (id), holder_id bigint REFERENCES office (id),
          officer_id bigint REFERENCES account (id), reports bigint NOT NULL, urgent bigint NOT NULL, supervised bigint NOT NULL,
          ongoing bigint NOT NULL, out_of_scope bigint NOT NULL, returns bigint NOT NULL, reopened bigint NOT NULL, unreasonable text NOT NULL,
          hung_reason text, outcome text, first_at bigint NOT NULL, last_at bigint NOT NULL, due_at bigint NOT NULL, closed_at bigint,
          merged_into bigint REFERENCES matter (id), version bigint NOT NULL, updated_at bigint NOT NULL,
          CHECK (state IN ('registered', 'dispatched', 'accepted', 'found', 'replied', 'approved', 'hung', 'transferred', 'closed')))
        """,
        "CREATE UNIQUE INDEX matter_no ON matter (no)",
        "CREATE INDEX matter_open ON matter (open, id)",
        "CREATE INDEX matter_state ON matter (state, id)",
        "CREATE INDEX matter_due ON matter (open, due_at, id)",
        "CREATE INDEX matter_squad ON matter (squad_id, open, id)",
        "CREATE INDEX matter_squad_due ON matter (squad_id, open, due_at, id)",
        "CREATE INDEX matter_squad_state ON matter (squad_id, state, id)",
        "CREATE INDEX matter_district ON matter (district_id, open, id)",
        "CREATE INDEX matter_district_due ON matter (district_id, open, due_at, id)",
        "CREATE INDEX matter_district_state ON matter (district_id, state, id)",
        "CREATE INDEX matter_officer ON matter (officer_id, open, due_at, id)",
        "CREATE INDEX matter_compound ON matter (compound_id, item, id)",
        "CREATE INDEX matter_holder ON matter (holder_id)",
        "CREATE INDEX matter_merged ON matter (merged_into)",
        """
        CREATE TABLE promise (report_id integer primary key REFERENCES report (id), matter_id bigint NOT NULL REFERENCES matter (id),
          reachable bigint NOT NULL, contact_tries bigint NOT NULL, contacted_at bigint, contact_outcome text, replied_at bigint, outcome text,
          reply_text text, revisited_at bigint, satisfaction text, solved bigint, revisit_source text)
        """,
        "CREATE INDEX promise_matter ON promise (matter_id)",
        """
        CREATE TABLE visit (id integer primary key, matter_id bigint NOT NULL REFERENCES matter (id), at bigint NOT NULL,
          account_id bigint NOT NULL REFERENCES account (id), companion_id bigint REFERENCES account (id), outcome text NOT NULL, note text NOT NULL,
          latitude double precision, longitude double precision)
        """,
        "CREATE INDEX visit_matter ON visit (matter_id)",
        "CREATE INDEX visit_account ON visit (account_id)",
        "CREATE INDEX visit_companion ON visit (companion_id)",
        """
        CREATE TABLE finding (id integer primary key, matter_id bigint NOT NULL REFERENCES matter (id), at bigint NOT NULL,
          account_id bigint NOT NULL REFERENCES account (id), fact text NOT NULL, fact_note text NOT NULL, claim text NOT NULL, claim_note text NOT NULL)
        """,
        "CREATE INDEX finding_matter ON finding (matter_id)",
        "CREATE INDEX finding_account ON finding (account_id)",
        """
        CREATE TABLE measure (id integer primary key, matter_id bigint NOT NULL REFERENCES matter (id), at bigint NOT NULL,
          account_id bigint NOT NULL REFERENCES account (id), kind text NOT NULL, note text NOT NULL)
        """,
        "CREATE INDEX measure_matter ON measure (matter_id)",
        "CREATE INDEX measure_account ON measure (account_id)",
        """
        CREATE TABLE reply (id integer primary key, matter_id bigint NOT NULL REFERENCES matter (id), at bigint NOT NULL,
          account_id bigint NOT NULL REFERENCES account (id), outcome text NOT NULL, text text NOT NULL, state text NOT NULL,
          decided_by bigint REFERENCES account (id), decided_at bigint, CHECK (state IN ('asked', 'approved', 'sentBack')))
        """,
        "CREATE INDEX reply_matter ON reply (matter_id)",
        "CREATE INDEX reply_account ON reply (account_id)",
        "CREATE INDEX reply_decided ON reply (decided_by)",
        """
        CREATE TABLE reply_line (id integer primary key, reply_id bigint NOT NULL REFERENCES reply (id),
          report_id bigint NOT NULL REFERENCES report (id), addition text NOT NULL)
        """,
        "CREATE INDEX reply_line_reply ON reply_line (reply_id)",
        "CREATE INDEX reply_line_report ON reply_line (report_id)",
        """
        CREATE TABLE delay (id integer primary key, matter_id bigint NOT NULL REFERENCES matter (id), at bigint NOT NULL,
          account_id bigint NOT NULL REFERENCES account (id), length bigint NOT NULL, reason text NOT NULL, state text NOT NULL,
          decided_by bigint REFERENCES account (id), decided_at bigint, CHECK (state IN ('asked', 'granted', 'refused')))
        """,
        "CREATE INDEX delay_matter ON delay (matter_id)",
        "CREATE INDEX delay_account ON delay (account_id)",
        "CREATE INDEX delay_decided ON delay (decided_by)",
        """
        CREATE TABLE co_handler (id integer primary key, matter_id bigint NOT NULL REFERENCES matter (id),
          office_id bigint NOT NULL REFERENCES office (id), task text NOT NULL, at bigint NOT NULL)
        """,
        "CREATE UNIQUE INDEX co_handler_pair ON co_handler (matter_id, office_id)",
        "CREATE INDEX co_handler_office ON co_handler (office_id, matter_id)",
        """
        CREATE TABLE transfer (id integer primary key, matter_id bigint NOT NULL REFERENCES matter (id),
          office_id bigint NOT NULL REFERENCES office (id), reason text NOT NULL, at bigint NOT NULL, answered_at bigint, answer text)
        """,
        "CREATE INDEX transfer_matter ON transfer (matter_id)",
        "CREATE INDEX transfer_office ON transfer (office_id)",
        """
        CREATE TABLE offered_same (id integer primary key, matter_id bigint NOT NULL REFERENCES matter (id),
          other_id bigint NOT NULL REFERENCES matter (id), score double precision NOT NULL, reasons text NOT NULL, state text NOT NULL,
          at bigint NOT NULL, CHECK (state IN ('offered', 'joined', 'refused', 'earlier')))
        """,
        "CREATE INDEX offered_same_matter ON offered_same (matter_id)",
        "CREATE INDEX offered_same_other ON offered_same (other_id)",
        """
        CREATE TABLE matter_file (id integer primary key, matter_id bigint NOT NULL REFERENCES matter (id), entry text NOT NULL,
          entry_id bigint NOT NULL, sha256 text NOT NULL, size bigint NOT NULL, media_type text NOT NULL, public_sha256 text,
          thumbnail_sha256 text, taken_at bigint, at bigint NOT NULL)
        """,
        "CREATE INDEX matter_file_matter ON matter_file (matter_id)",
        "CREATE INDEX matter_file_sha ON matter_file (sha256)",
        """
        CREATE TABLE notice (id integer primary key, account_id bigint NOT NULL REFERENCES account (id), at bigint NOT NULL, kind text NOT NULL,
          matter_id bigint REFERENCES matter (id), text text NOT NULL, must_acknowledge bigint NOT NULL, seen_at bigint)
        """,
        "CREATE INDEX notice_account ON notice (account_id, seen_at, id)",
        "CREATE INDEX notice_matter ON notice (matter_id)",
      ]),
    // Pages of everything and of one item, in the order they are read, for a squad, a district and the city.
    Migration(
      "matters-002",
      [
        "CREATE INDEX matter_squad_all ON matter (squad_id, id)",
        "CREATE INDEX matter_district_all ON matter (district_id, id)",
        "CREATE INDEX matter_item ON matter (item, id)",
        "CREATE INDEX matter_supervised ON matter (supervised, open, id)",
        "CREATE INDEX matter_squad_item ON matter (squad_id, item, id)",
        "CREATE INDEX matter_district_item ON matter (district_id, item, id)",
      ]),
    // Files are asked for by the hash of whichever copy a page shows.
    Migration(
      "matters-003",
      [
        "CREATE INDEX matter_file_public ON matter_file (public_sha256)",
        "CREATE INDEX matter_file_thumbnail ON matter_file (thumbnail_sha256)",
      ]),
    Migration(
      "matters-004",
      [
        """
        CREATE TABLE firm_release (id integer primary key, matter_id bigint NOT NULL REFERENCES matter (id), firm_id bigint NOT NULL REFERENCES firm (id),
          at bigint NOT NULL, account_id bigint NOT NULL REFERENCES account (id), text text NOT NULL)
        """,
        "CREATE INDEX firm_release_matter ON firm_release (matter_id, firm_id)",
        "CREATE INDEX firm_release_firm ON firm_release (firm_id)",
        "CREATE INDEX firm_release_account ON firm_release (account_id)",
        """
        CREATE TABLE service_rating (id integer primary key, squad_id bigint NOT NULL REFERENCES office (id),
          compound_id bigint REFERENCES compound (id), studio_id bigint REFERENCES studio (id), at bigint NOT NULL, satisfaction text NOT NULL,
          sealed text, masked text NOT NULL, CHECK (satisfaction IN ('satisfied', 'basically', 'soSo', 'dissatisfied')))
        """,
        "CREATE INDEX service_rating_squad ON service_rating (squad_id, id)",
        "CREATE INDEX service_rating_compound ON service_rating (compound_id)",
        "CREATE INDEX service_rating_studio ON service_rating (studio_id)",
      ]),
    // The day page asks which delays wait, wherever they are.
    Migration("matters-005", ["CREATE INDEX delay_state ON delay (state, matter_id)"]),
    // When nothing of the persons in it was left to erase; see the room Retention.
    Migration(
      "matters-006",
      ["ALTER TABLE matter ADD COLUMN erased_at bigint", "CREATE INDEX matter_erasure ON matter (erased_at, open, closed_at)"]),
    // A new matter stood in twenty indexes. In those of what is under way closed ones need not stand, and in those of what few matters
    // have only these; open and closed ones of an item are told apart by the index; all of a squad's are its open and its closed ones.
    Migration(
      "matters-007",
      [
        "DROP INDEX matter_open", "CREATE INDEX matter_open ON matter (open, id) WHERE open = 1",
        "DROP INDEX matter_due", "CREATE INDEX matter_due ON matter (open, due_at, id) WHERE open = 1",
        "DROP INDEX matter_squad_due", "CREATE INDEX matter_squad_due ON matter (squad_id, open, due_at, id) WHERE open = 1",
        "DROP INDEX matter_district_due", "CREATE INDEX matter_district_due ON matter (district_id, open, due_at, id) WHERE open = 1",
        "DROP INDEX matter_supervised", "CREATE INDEX matter_supervised ON matter (supervised, open, id) WHERE supervised = 1",
        "DROP INDEX matter_officer", "CREATE INDEX matter_officer ON matter (officer_id, open, due_at, id) WHERE officer_id IS NOT NULL",
        "DROP INDEX matter_holder", "CREATE INDEX matter_holder ON matter (holder_id) WHERE holder_id IS NOT NULL",
        "DROP INDEX matter_merged", "CREATE INDEX matter_merged ON matter (merged_into) WHERE merged_into IS NOT NULL",
        "DROP INDEX matter_squad_all", "DROP INDEX matter_district_all",
        "DROP INDEX matter_item", "CREATE INDEX matter_item ON matter (item, open, id)",
        "DROP INDEX matter_squad_item", "CREATE INDEX matter_squad_item ON matter (squad_id, item, open, id)",
        "DROP INDEX matter_district_item", "CREATE INDEX matter_district_item ON matter (district_id, item, open, id)",
      ], searchMarks: MatterMarks.rows.map { ("report_search", $0) }),
    // Notices about a case, by its number: this room knows no more of it.
    Migration("matters-009", ["ALTER TABLE notice ADD COLUMN case_no text"]),
    // A compound's open matters without all it has ever had: the map of the city and every dashboard count them.
    Migration("matters-010", ["CREATE INDEX matter_compound_open ON matter (compound_id, open) WHERE open = 1"]),
    // What was never closed is never erased: a new matter need not stand there.
    Migration(
      "matters-011",
      [
        "DROP INDEX matter_erasure",
        "CREATE INDEX matter_erasure ON matter (erased_at, open, closed_at) WHERE closed_at IS NOT NULL",
      ]),
    // The other way round SQLite took an index of all that is open and looked up each for its compound. An officer's months are read out
    // of the index: the matters of two years lie far apart.
    Migration(
      "matters-012",
      [
        "DROP INDEX matter_compound_open", "CREATE INDEX matter_compound_open ON matter (open, compound_id) WHERE open = 1",
        "DROP INDEX matter_officer",
        """
        CREATE INDEX matter_officer ON matter (officer_id, open, due_at, id, first_at, closed_at, merged_into)
          WHERE officer_id IS NOT NULL
        """,
      ]),
    // The map of one item counts by compound out of the index: its matters of a year lie far apart. A compound's are listed newest first
    // without reading all it ever had.
    Migration(
      "matters-013",
      [
        "DROP INDEX matter_item", "CREATE INDEX matter_item ON matter (item, open, id, compound_id, merged_into)",
        "DROP INDEX matter_compound", "CREATE INDEX matter_compound ON matter (compound_id, id, item)",
      ]),
    // What servers of the version before have written meanwhile.
    Migration(
      "matters-008", kind: .contract, [], searchWindows: ["report_search"], searchMarks: MatterMarks.rows.map { ("report_search", $0) }),
  ]
}
