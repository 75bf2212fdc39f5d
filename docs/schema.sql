-- journal-001
CREATE TABLE journal (id integer primary key, subject_kind text NOT NULL, subject_id bigint NOT NULL, sequence bigint NOT NULL,
  at bigint NOT NULL, actor_id bigint, actor_name text NOT NULL, action text NOT NULL, detail text NOT NULL,
  note text, note_salt blob, note_hash blob, before_hash blob NOT NULL, hash blob NOT NULL);
CREATE UNIQUE INDEX journal_subject ON journal (subject_kind, subject_id, sequence);
CREATE INDEX journal_actor ON journal (actor_id, id);
CREATE TABLE journal_seal (day text PRIMARY KEY, last_id bigint NOT NULL, entries bigint NOT NULL, before_root blob NOT NULL,
  root blob NOT NULL, sealed_at bigint NOT NULL);
CREATE TABLE counter (name text PRIMARY KEY, value bigint NOT NULL);

-- jobs-001
CREATE TABLE job (id integer primary key, kind text NOT NULL, payload text NOT NULL, run_at bigint NOT NULL, state text NOT NULL,
  attempts bigint NOT NULL, lease_until bigint, dedupe text, last_error text, created_at bigint NOT NULL, finished_at bigint,
  CHECK (state IN ('waiting', 'running', 'done', 'dead')));
CREATE INDEX job_due ON job (state, run_at);
CREATE UNIQUE INDEX job_dedupe ON job (dedupe);

-- house-001
CREATE TABLE mark (name text PRIMARY KEY, value text NOT NULL);

-- house-002
CREATE TABLE node (number integer primary key, kind text NOT NULL, host text NOT NULL, pid bigint NOT NULL, version text NOT NULL,
  steps text NOT NULL, keys text NOT NULL, holder text NOT NULL, leads bigint NOT NULL, started_at bigint NOT NULL,
  seen_at bigint NOT NULL, left_at bigint, CHECK (kind IN ('serve', 'work', 'command')));

-- house-003
CREATE PASSING TABLE once (name text PRIMARY KEY, holder text NOT NULL, line bigint NOT NULL, answer text, at bigint NOT NULL);
CREATE INDEX once_at ON once (at);

-- journal-002
DROP INDEX journal_actor;
CREATE INDEX journal_actor ON journal (actor_id, id) WHERE actor_id IS NOT NULL;

-- house-004
CREATE TABLE commit_mark (writer text PRIMARY KEY, number bigint NOT NULL, at bigint NOT NULL);

-- house-005
CREATE TABLE spent_form (name text PRIMARY KEY, at bigint NOT NULL);
CREATE INDEX spent_form_at ON spent_form (at);

-- clocks-001
CREATE TABLE clock_rule (id text PRIMARY KEY, spec text NOT NULL, created_at bigint NOT NULL);
CREATE TABLE clock (id integer primary key, subject_kind text NOT NULL, subject_id bigint NOT NULL, kind text NOT NULL,
  rule_id text NOT NULL REFERENCES clock_rule (id), facts text NOT NULL, state text NOT NULL, due_at bigint NOT NULL,
  warn_at bigint NOT NULL, warned bigint NOT NULL, ended_at bigint,
  CHECK (state IN ('running', 'paused', 'met', 'late', 'cancelled')));
CREATE INDEX clock_subject ON clock (subject_kind, subject_id);
CREATE INDEX clock_due ON clock (state, warned, due_at);
CREATE INDEX clock_warn ON clock (state, warned, warn_at);
CREATE INDEX clock_rule_id ON clock (rule_id);

-- clocks-002
DROP INDEX clock_due;
CREATE INDEX clock_due ON clock (state, warned, due_at) WHERE state = 'running';
DROP INDEX clock_warn;
CREATE INDEX clock_warn ON clock (state, warned, warn_at) WHERE state = 'running';

-- offices-001
CREATE TABLE office (id integer primary key, code text NOT NULL, name text NOT NULL, short text NOT NULL, kind text NOT NULL,
  parent_id bigint REFERENCES office (id), district_id bigint REFERENCES office (id), created_at bigint NOT NULL);
CREATE UNIQUE INDEX office_code ON office (code);
CREATE INDEX office_parent ON office (parent_id);
CREATE INDEX office_district ON office (district_id);

-- offices-002
ALTER TABLE office ADD COLUMN area_code text;
CREATE INDEX office_area ON office (area_code);

-- compounds-001
CREATE TABLE firm (id integer primary key, name text NOT NULL, folded text NOT NULL, credit_code text, phone text, created_at bigint NOT NULL);
CREATE UNIQUE INDEX firm_folded ON firm (folded);
CREATE UNIQUE INDEX firm_credit_code ON firm (credit_code);
CREATE TABLE compound (id integer primary key, no text NOT NULL, name text NOT NULL, squad_id bigint NOT NULL REFERENCES office (id),
  district_id bigint NOT NULL REFERENCES office (id), address text NOT NULL, latitude double precision, longitude double precision,
  households bigint, buildings bigint, built_year bigint, firm_id bigint REFERENCES firm (id), manager_name text, manager_phone text,
  state text NOT NULL, search text NOT NULL, source_key text, source_digest text, created_at bigint NOT NULL, updated_at bigint NOT NULL,
  CHECK (state IN ('active', 'closed')));
CREATE UNIQUE INDEX compound_no ON compound (no);
CREATE UNIQUE INDEX compound_source ON compound (source_key);
CREATE INDEX compound_squad ON compound (squad_id, name, id);
CREATE INDEX compound_district ON compound (district_id, name, id);
CREATE INDEX compound_firm ON compound (firm_id, name, id);
CREATE INDEX compound_name ON compound (name, id);
CREATE TABLE compound_alias (id integer primary key, compound_id bigint NOT NULL REFERENCES compound (id), alias text NOT NULL,
  source text NOT NULL, created_at bigint NOT NULL);
CREATE UNIQUE INDEX compound_alias_once ON compound_alias (compound_id, alias);
CREATE TABLE compound_address (id integer primary key, compound_id bigint NOT NULL REFERENCES compound (id), text text NOT NULL);
CREATE UNIQUE INDEX compound_address_once ON compound_address (compound_id, text);
CREATE TABLE building (id integer primary key, compound_id bigint NOT NULL REFERENCES compound (id), name text NOT NULL);
CREATE UNIQUE INDEX building_once ON building (compound_id, name);
CREATE TABLE committee (id integer primary key, kind text NOT NULL, name text NOT NULL, phone text, created_at bigint NOT NULL,
  CHECK (kind IN ('residents', 'owners')));
CREATE INDEX committee_name ON committee (name);
CREATE TABLE committee_compound (committee_id bigint NOT NULL REFERENCES committee (id),
  compound_id bigint NOT NULL REFERENCES compound (id), PRIMARY KEY (committee_id, compound_id));
CREATE INDEX committee_compound_of ON committee_compound (compound_id);
CREATE TABLE studio (id integer primary key, squad_id bigint NOT NULL REFERENCES office (id), no text NOT NULL, name text NOT NULL,
  address text NOT NULL, hours text NOT NULL, phone text, latitude double precision, longitude double precision, state text NOT NULL,
  created_at bigint NOT NULL, CHECK (state IN ('open', 'closed')));
CREATE UNIQUE INDEX studio_no ON studio (no);
CREATE INDEX studio_squad ON studio (squad_id);
CREATE TABLE compound_officer (compound_id bigint NOT NULL REFERENCES compound (id), from_day text NOT NULL, account_id bigint,
  PRIMARY KEY (compound_id, from_day));
CREATE INDEX compound_officer_account ON compound_officer (account_id);

-- people-001
CREATE TABLE account (id integer primary key, login text NOT NULL, login_tag text NOT NULL, name text NOT NULL, role text NOT NULL,
  office_id bigint REFERENCES office (id), firm_id bigint REFERENCES firm (id), committee_id bigint REFERENCES committee (id),
  password_hash text NOT NULL, state text NOT NULL, must_change bigint NOT NULL, demonstration bigint NOT NULL,
  password_at bigint NOT NULL, signed_in_at bigint, created_at bigint NOT NULL, updated_at bigint NOT NULL,
  CHECK (state IN ('active', 'disabled')));
CREATE UNIQUE INDEX account_login ON account (login);
CREATE INDEX account_login_tag ON account (login_tag);
CREATE INDEX account_office ON account (office_id, role);
CREATE INDEX account_firm ON account (firm_id);
CREATE INDEX account_committee ON account (committee_id);
CREATE INDEX account_role ON account (role, state);
CREATE TABLE login_lock (login_tag text PRIMARY KEY, failed_count bigint NOT NULL, failed_at bigint NOT NULL, locked_until bigint);
CREATE TABLE session (id integer primary key, token_hash text NOT NULL, account_id bigint NOT NULL REFERENCES account (id),
  csrf text NOT NULL, created_at bigint NOT NULL, seen_at bigint NOT NULL, expires_at bigint NOT NULL, agent text NOT NULL);
CREATE UNIQUE INDEX session_token ON session (token_hash);
CREATE INDEX session_account ON session (account_id);
CREATE INDEX session_expires ON session (expires_at);
CREATE TABLE sign_in (id integer primary key, at bigint NOT NULL, login_tag text NOT NULL, account_id bigint REFERENCES account (id),
  outcome text NOT NULL, address_tag text NOT NULL, address_prefix text NOT NULL);
CREATE INDEX sign_in_at ON sign_in (at);
CREATE INDEX sign_in_account ON sign_in (account_id, at);
CREATE INDEX sign_in_address ON sign_in (address_tag, at);
CREATE TABLE deputy (id integer primary key, account_id bigint NOT NULL REFERENCES account (id),
  deputy_id bigint NOT NULL REFERENCES account (id), from_day text NOT NULL, to_day text NOT NULL, reason text NOT NULL,
  created_by bigint REFERENCES account (id), created_at bigint NOT NULL, ended_at bigint);
CREATE INDEX deputy_account ON deputy (account_id, from_day);
CREATE INDEX deputy_deputy ON deputy (deputy_id, from_day);
CREATE INDEX deputy_created_by ON deputy (created_by);
CREATE TABLE duty (id integer primary key, office_id bigint NOT NULL REFERENCES office (id), day text NOT NULL, shift text NOT NULL,
  account_id bigint NOT NULL REFERENCES account (id), second_id bigint REFERENCES account (id),
  CHECK (shift IN ('day', 'night', 'holiday')));
CREATE UNIQUE INDEX duty_once ON duty (office_id, day, shift);
CREATE INDEX duty_account ON duty (account_id, day);
CREATE INDEX duty_second ON duty (second_id, day);
CREATE TABLE duty_call (id integer primary key, office_id bigint NOT NULL REFERENCES office (id), subject_kind text NOT NULL,
  subject_id bigint NOT NULL, reason text NOT NULL, called_at bigint NOT NULL, account_id bigint REFERENCES account (id),
  level bigint NOT NULL, acknowledged_at bigint, acknowledged_by bigint REFERENCES account (id));
CREATE INDEX duty_call_office ON duty_call (office_id);
CREATE INDEX duty_call_account ON duty_call (account_id, acknowledged_at);
CREATE INDEX duty_call_acknowledged_by ON duty_call (acknowledged_by);
CREATE INDEX duty_call_subject ON duty_call (subject_kind, subject_id);
CREATE TABLE api_token (id integer primary key, account_id bigint NOT NULL REFERENCES account (id), name text NOT NULL,
  token_hash text NOT NULL, created_at bigint NOT NULL, expires_at bigint NOT NULL, revoked_at bigint);
CREATE UNIQUE INDEX api_token_hash ON api_token (token_hash);
CREATE INDEX api_token_account ON api_token (account_id);

-- people-002
CREATE TABLE second_factor (account_id integer primary key REFERENCES account (id), sealed text, enrolled_at bigint, pending text,
  pending_at bigint, last_step bigint NOT NULL);
CREATE TABLE recovery_code (id integer primary key, account_id bigint NOT NULL REFERENCES account (id), code_tag text NOT NULL, used_at bigint);
CREATE UNIQUE INDEX recovery_code_tag ON recovery_code (account_id, code_tag);
ALTER TABLE session ADD COLUMN confirmed_at bigint;
ALTER TABLE account ADD COLUMN factor_reset_at bigint;

-- catalogue-001
CREATE TABLE catalogue_remark (id integer primary key, item text NOT NULL, at bigint NOT NULL,
  account_id bigint NOT NULL REFERENCES account (id), text text NOT NULL, answer text, answered_by bigint REFERENCES account (id),
  answered_at bigint);
CREATE INDEX catalogue_remark_item ON catalogue_remark (item, id);
CREATE INDEX catalogue_remark_account ON catalogue_remark (account_id);
CREATE INDEX catalogue_remark_answerer ON catalogue_remark (answered_by);
CREATE TABLE catalogue_tag (item text NOT NULL, campaign text NOT NULL, account_id bigint NOT NULL REFERENCES account (id),
  at bigint NOT NULL, PRIMARY KEY (item, campaign));
CREATE INDEX catalogue_tag_account ON catalogue_tag (account_id);

-- intake-001
CREATE TABLE report (id integer primary key, no text NOT NULL, channel text NOT NULL, nature text NOT NULL,
  received_at bigint NOT NULL, said_at bigint NOT NULL, source_no text, urgent bigint NOT NULL, sealed text NOT NULL, masked text NOT NULL,
  place_text text NOT NULL, latitude double precision, longitude double precision, caller_tag text, caller_hint text,
  reachable bigint NOT NULL, reporter_id bigint, firm_id bigint REFERENCES firm (id), committee_id bigint REFERENCES committee (id),
  compound_id bigint REFERENCES compound (id), item text, reading text NOT NULL, matter_id bigint,
  receipt_hash text, idempotency_key text, row_hash text, duty text, version bigint NOT NULL);
CREATE UNIQUE INDEX report_no ON report (no);
CREATE UNIQUE INDEX report_source ON report (channel, source_no);
CREATE UNIQUE INDEX report_receipt ON report (receipt_hash);
CREATE UNIQUE INDEX report_idempotency ON report (idempotency_key);
CREATE INDEX report_matter ON report (matter_id);
CREATE INDEX report_compound ON report (compound_id, id);
CREATE INDEX report_firm ON report (firm_id, id);
CREATE INDEX report_committee ON report (committee_id, id);
CREATE INDEX report_reporter ON report (reporter_id, id);
CREATE TABLE report_version (id integer primary key, report_id bigint NOT NULL REFERENCES report (id), version bigint NOT NULL,
  at bigint NOT NULL, sealed text NOT NULL, changed text NOT NULL);
CREATE UNIQUE INDEX report_version_no ON report_version (report_id, version);
CREATE TABLE report_file (id integer primary key, report_id bigint NOT NULL REFERENCES report (id), position bigint NOT NULL,
  sha256 text NOT NULL, size bigint NOT NULL, media_type text NOT NULL, public_sha256 text, thumbnail_sha256 text, taken_at bigint,
  released bigint NOT NULL);
CREATE INDEX report_file_report ON report_file (report_id, position);
CREATE INDEX report_file_sha ON report_file (sha256);
CREATE TABLE reading_correction (id integer primary key, report_id bigint NOT NULL REFERENCES report (id), at bigint NOT NULL,
  account_id bigint NOT NULL, before text NOT NULL, after text NOT NULL);
CREATE INDEX reading_correction_report ON reading_correction (report_id);
CREATE TABLE look (id integer primary key, report_id bigint NOT NULL REFERENCES report (id), at bigint NOT NULL, account_id bigint NOT NULL,
  purpose text NOT NULL);
CREATE INDEX look_report ON look (report_id);
CREATE INDEX look_account ON look (account_id, id);
CREATE TABLE import (id integer primary key, kind text NOT NULL, file_name text NOT NULL, sha256 text NOT NULL, mapping text NOT NULL,
  state text NOT NULL, lines bigint NOT NULL, done bigint NOT NULL, added bigint NOT NULL, changed bigint NOT NULL, same bigint NOT NULL,
  failed bigint NOT NULL, account_id bigint NOT NULL, office_id bigint, at bigint NOT NULL, finished_at bigint, trouble text);
CREATE TABLE import_error (id integer primary key, import_id bigint NOT NULL REFERENCES import (id), line bigint NOT NULL,
  reason text NOT NULL, cells text NOT NULL);
CREATE INDEX import_error_import ON import_error (import_id, line);
-- full text: report_search

-- intake-002
CREATE INDEX report_file_public ON report_file (public_sha256);
CREATE INDEX report_file_thumbnail ON report_file (thumbnail_sha256);

-- intake-003
CREATE TABLE upload (sha256 text PRIMARY KEY, at bigint NOT NULL, aside_at bigint);
CREATE INDEX upload_at ON upload (at);
CREATE INDEX import_sha ON import (sha256);

-- intake-004
DROP INDEX report_source;
CREATE UNIQUE INDEX report_source ON report (channel, source_no) WHERE source_no IS NOT NULL;
DROP INDEX report_idempotency;
CREATE UNIQUE INDEX report_idempotency ON report (idempotency_key) WHERE idempotency_key IS NOT NULL;
DROP INDEX report_firm;
CREATE INDEX report_firm ON report (firm_id, id) WHERE firm_id IS NOT NULL;
DROP INDEX report_committee;
CREATE INDEX report_committee ON report (committee_id, id) WHERE committee_id IS NOT NULL;
DROP INDEX report_reporter;
CREATE INDEX report_reporter ON report (reporter_id, id) WHERE reporter_id IS NOT NULL;
-- windows of full text: report_search

-- intake-005
-- full text written to all day: report_search

-- intake-006
DROP INDEX report_receipt;
CREATE UNIQUE INDEX report_receipt ON report (receipt_hash) WHERE receipt_hash IS NOT NULL;

-- matters-001
CREATE TABLE matter (id integer primary key, no text NOT NULL, state text NOT NULL, open bigint NOT NULL, title text NOT NULL,
  compound_id bigint REFERENCES compound (id), building text, place_text text NOT NULL, item text,
  squad_id bigint REFERENCES office (id), district_id bigint REFERENCES office (id), holder_id bigint REFERENCES office (id),
  officer_id bigint REFERENCES account (id), reports bigint NOT NULL, urgent bigint NOT NULL, supervised bigint NOT NULL,
  ongoing bigint NOT NULL, out_of_scope bigint NOT NULL, returns bigint NOT NULL, reopened bigint NOT NULL, unreasonable text NOT NULL,
  hung_reason text, outcome text, first_at bigint NOT NULL, last_at bigint NOT NULL, due_at bigint NOT NULL, closed_at bigint,
  merged_into bigint REFERENCES matter (id), version bigint NOT NULL, updated_at bigint NOT NULL,
  CHECK (state IN ('registered', 'dispatched', 'accepted', 'found', 'replied', 'approved', 'hung', 'transferred', 'closed')));
CREATE UNIQUE INDEX matter_no ON matter (no);
CREATE INDEX matter_open ON matter (open, id);
CREATE INDEX matter_state ON matter (state, id);
CREATE INDEX matter_due ON matter (open, due_at, id);
CREATE INDEX matter_squad ON matter (squad_id, open, id);
CREATE INDEX matter_squad_due ON matter (squad_id, open, due_at, id);
CREATE INDEX matter_squad_state ON matter (squad_id, state, id);
CREATE INDEX matter_district ON matter (district_id, open, id);
CREATE INDEX matter_district_due ON matter (district_id, open, due_at, id);
CREATE INDEX matter_district_state ON matter (district_id, state, id);
CREATE INDEX matter_officer ON matter (officer_id, open, due_at, id);
CREATE INDEX matter_compound ON matter (compound_id, item, id);
CREATE INDEX matter_holder ON matter (holder_id);
CREATE INDEX matter_merged ON matter (merged_into);
CREATE TABLE promise (report_id integer primary key REFERENCES report (id), matter_id bigint NOT NULL REFERENCES matter (id),
  reachable bigint NOT NULL, contact_tries bigint NOT NULL, contacted_at bigint, contact_outcome text, replied_at bigint, outcome text,
  reply_text text, revisited_at bigint, satisfaction text, solved bigint, revisit_source text);
CREATE INDEX promise_matter ON promise (matter_id);
CREATE TABLE visit (id integer primary key, matter_id bigint NOT NULL REFERENCES matter (id), at bigint NOT NULL,
  account_id bigint NOT NULL REFERENCES account (id), companion_id bigint REFERENCES account (id), outcome text NOT NULL, note text NOT NULL,
  latitude double precision, longitude double precision);
CREATE INDEX visit_matter ON visit (matter_id);
CREATE INDEX visit_account ON visit (account_id);
CREATE INDEX visit_companion ON visit (companion_id);
CREATE TABLE finding (id integer primary key, matter_id bigint NOT NULL REFERENCES matter (id), at bigint NOT NULL,
  account_id bigint NOT NULL REFERENCES account (id), fact text NOT NULL, fact_note text NOT NULL, claim text NOT NULL, claim_note text NOT NULL);
CREATE INDEX finding_matter ON finding (matter_id);
CREATE INDEX finding_account ON finding (account_id);
CREATE TABLE measure (id integer primary key, matter_id bigint NOT NULL REFERENCES matter (id), at bigint NOT NULL,
  account_id bigint NOT NULL REFERENCES account (id), kind text NOT NULL, note text NOT NULL);
CREATE INDEX measure_matter ON measure (matter_id);
CREATE INDEX measure_account ON measure (account_id);
CREATE TABLE reply (id integer primary key, matter_id bigint NOT NULL REFERENCES matter (id), at bigint NOT NULL,
  account_id bigint NOT NULL REFERENCES account (id), outcome text NOT NULL, text text NOT NULL, state text NOT NULL,
  decided_by bigint REFERENCES account (id), decided_at bigint, CHECK (state IN ('asked', 'approved', 'sentBack')));
CREATE INDEX reply_matter ON reply (matter_id);
CREATE INDEX reply_account ON reply (account_id);
CREATE INDEX reply_decided ON reply (decided_by);
CREATE TABLE reply_line (id integer primary key, reply_id bigint NOT NULL REFERENCES reply (id),
  report_id bigint NOT NULL REFERENCES report (id), addition text NOT NULL);
CREATE INDEX reply_line_reply ON reply_line (reply_id);
CREATE INDEX reply_line_report ON reply_line (report_id);
CREATE TABLE delay (id integer primary key, matter_id bigint NOT NULL REFERENCES matter (id), at bigint NOT NULL,
  account_id bigint NOT NULL REFERENCES account (id), length bigint NOT NULL, reason text NOT NULL, state text NOT NULL,
  decided_by bigint REFERENCES account (id), decided_at bigint, CHECK (state IN ('asked', 'granted', 'refused')));
CREATE INDEX delay_matter ON delay (matter_id);
CREATE INDEX delay_account ON delay (account_id);
CREATE INDEX delay_decided ON delay (decided_by);
CREATE TABLE co_handler (id integer primary key, matter_id bigint NOT NULL REFERENCES matter (id),
  office_id bigint NOT NULL REFERENCES office (id), task text NOT NULL, at bigint NOT NULL);
CREATE UNIQUE INDEX co_handler_pair ON co_handler (matter_id, office_id);
CREATE INDEX co_handler_office ON co_handler (office_id, matter_id);
CREATE TABLE transfer (id integer primary key, matter_id bigint NOT NULL REFERENCES matter (id),
  office_id bigint NOT NULL REFERENCES office (id), reason text NOT NULL, at bigint NOT NULL, answered_at bigint, answer text);
CREATE INDEX transfer_matter ON transfer (matter_id);
CREATE INDEX transfer_office ON transfer (office_id);
CREATE TABLE offered_same (id integer primary key, matter_id bigint NOT NULL REFERENCES matter (id),
  other_id bigint NOT NULL REFERENCES matter (id), score double precision NOT NULL, reasons text NOT NULL, state text NOT NULL,
  at bigint NOT NULL, CHECK (state IN ('offered', 'joined', 'refused', 'earlier')));
CREATE INDEX offered_same_matter ON offered_same (matter_id);
CREATE INDEX offered_same_other ON offered_same (other_id);
CREATE TABLE matter_file (id integer primary key, matter_id bigint NOT NULL REFERENCES matter (id), entry text NOT NULL,
  entry_id bigint NOT NULL, sha256 text NOT NULL, size bigint NOT NULL, media_type text NOT NULL, public_sha256 text,
  thumbnail_sha256 text, taken_at bigint, at bigint NOT NULL);
CREATE INDEX matter_file_matter ON matter_file (matter_id);
CREATE INDEX matter_file_sha ON matter_file (sha256);
CREATE TABLE notice (id integer primary key, account_id bigint NOT NULL REFERENCES account (id), at bigint NOT NULL, kind text NOT NULL,
  matter_id bigint REFERENCES matter (id), text text NOT NULL, must_acknowledge bigint NOT NULL, seen_at bigint);
CREATE INDEX notice_account ON notice (account_id, seen_at, id);
CREATE INDEX notice_matter ON notice (matter_id);

-- matters-002
CREATE INDEX matter_squad_all ON matter (squad_id, id);
CREATE INDEX matter_district_all ON matter (district_id, id);
CREATE INDEX matter_item ON matter (item, id);
CREATE INDEX matter_supervised ON matter (supervised, open, id);
CREATE INDEX matter_squad_item ON matter (squad_id, item, id);
CREATE INDEX matter_district_item ON matter (district_id, item, id);

-- matters-003
CREATE INDEX matter_file_public ON matter_file (public_sha256);
CREATE INDEX matter_file_thumbnail ON matter_file (thumbnail_sha256);

-- matters-004
CREATE TABLE firm_release (id integer primary key, matter_id bigint NOT NULL REFERENCES matter (id), firm_id bigint NOT NULL REFERENCES firm (id),
  at bigint NOT NULL, account_id bigint NOT NULL REFERENCES account (id), text text NOT NULL);
CREATE INDEX firm_release_matter ON firm_release (matter_id, firm_id);
CREATE INDEX firm_release_firm ON firm_release (firm_id);
CREATE INDEX firm_release_account ON firm_release (account_id);
CREATE TABLE service_rating (id integer primary key, squad_id bigint NOT NULL REFERENCES office (id),
  compound_id bigint REFERENCES compound (id), studio_id bigint REFERENCES studio (id), at bigint NOT NULL, satisfaction text NOT NULL,
  sealed text, masked text NOT NULL, CHECK (satisfaction IN ('satisfied', 'basically', 'soSo', 'dissatisfied')));
CREATE INDEX service_rating_squad ON service_rating (squad_id, id);
CREATE INDEX service_rating_compound ON service_rating (compound_id);
CREATE INDEX service_rating_studio ON service_rating (studio_id);

-- matters-005
CREATE INDEX delay_state ON delay (state, matter_id);

-- matters-006
ALTER TABLE matter ADD COLUMN erased_at bigint;
CREATE INDEX matter_erasure ON matter (erased_at, open, closed_at);

-- matters-007
DROP INDEX matter_open;
CREATE INDEX matter_open ON matter (open, id) WHERE open = 1;
DROP INDEX matter_due;
CREATE INDEX matter_due ON matter (open, due_at, id) WHERE open = 1;
DROP INDEX matter_squad_due;
CREATE INDEX matter_squad_due ON matter (squad_id, open, due_at, id) WHERE open = 1;
DROP INDEX matter_district_due;
CREATE INDEX matter_district_due ON matter (district_id, open, due_at, id) WHERE open = 1;
DROP INDEX matter_supervised;
CREATE INDEX matter_supervised ON matter (supervised, open, id) WHERE supervised = 1;
DROP INDEX matter_officer;
CREATE INDEX matter_officer ON matter (officer_id, open, due_at, id) WHERE officer_id IS NOT NULL;
DROP INDEX matter_holder;
CREATE INDEX matter_holder ON matter (holder_id) WHERE holder_id IS NOT NULL;
DROP INDEX matter_merged;
CREATE INDEX matter_merged ON matter (merged_into) WHERE merged_into IS NOT NULL;
DROP INDEX matter_squad_all;
DROP INDEX matter_district_all;
DROP INDEX matter_item;
CREATE INDEX matter_item ON matter (item, open, id);
DROP INDEX matter_squad_item;
CREATE INDEX matter_squad_item ON matter (squad_id, item, open, id);
DROP INDEX matter_district_item;
CREATE INDEX matter_district_item ON matter (district_id, item, open, id);
-- marks of full text: report_search
-- marks of full text: report_search

-- matters-009
ALTER TABLE notice ADD COLUMN case_no text;

-- matters-010
CREATE INDEX matter_compound_open ON matter (compound_id, open) WHERE open = 1;

-- matters-011
DROP INDEX matter_erasure;
CREATE INDEX matter_erasure ON matter (erased_at, open, closed_at) WHERE closed_at IS NOT NULL;

-- matters-012
DROP INDEX matter_compound_open;
CREATE INDEX matter_compound_open ON matter (open, compound_id) WHERE open = 1;
DROP INDEX matter_officer;
CREATE INDEX matter_officer ON matter (officer_id, open, due_at, id, first_at, closed_at, merged_into)
  WHERE officer_id IS NOT NULL;

-- matters-013
DROP INDEX matter_item;
CREATE INDEX matter_item ON matter (item, open, id, compound_id, merged_into);
DROP INDEX matter_compound;
CREATE INDEX matter_compound ON matter (compound_id, id, item);

-- matters-008
-- windows of full text: report_search
-- marks of full text: report_search
-- marks of full text: report_search

-- retention-001
CREATE TABLE erasure_request (id integer primary key, report_id bigint NOT NULL REFERENCES report (id),
  asked_by bigint NOT NULL REFERENCES account (id), asked_at bigint NOT NULL, reason text NOT NULL, state text NOT NULL,
  decided_by bigint REFERENCES account (id), decided_at bigint, answer text,
  CHECK (state IN ('asked', 'agreed', 'refused')));
CREATE INDEX erasure_request_report ON erasure_request (report_id);
CREATE INDEX erasure_request_asked ON erasure_request (asked_by);
CREATE INDEX erasure_request_decided ON erasure_request (decided_by);
CREATE INDEX erasure_request_state ON erasure_request (state, id);
CREATE TABLE erasure (id integer primary key, subject_kind text NOT NULL, subject_id bigint NOT NULL, part text NOT NULL,
  decided_at bigint NOT NULL, request_id bigint REFERENCES erasure_request (id), done_at bigint);
CREATE UNIQUE INDEX erasure_once ON erasure (subject_kind, subject_id, part);
CREATE INDEX erasure_done ON erasure (done_at, id);
CREATE INDEX erasure_request_id ON erasure (request_id);
CREATE INDEX import_finished ON import (finished_at);
CREATE INDEX service_rating_at ON service_rating (at);

-- cases-001
CREATE TABLE case_file (id integer primary key, no text NOT NULL, state text NOT NULL, open bigint NOT NULL, procedure text NOT NULL,
  item text NOT NULL, title text NOT NULL, place_text text NOT NULL, matter_id bigint REFERENCES matter (id),
  compound_id bigint REFERENCES compound (id), squad_id bigint NOT NULL REFERENCES office (id),
  district_id bigint REFERENCES office (id), organ_id bigint NOT NULL REFERENCES office (id), party_name text, file text NOT NULL,
  filing_no text, opened_by bigint NOT NULL REFERENCES account (id), opened_at bigint NOT NULL, filed_at bigint, decided_at bigint,
  published_at bigint, closed_at bigint, due_at bigint NOT NULL, once_key text, version bigint NOT NULL,
  updated_at bigint NOT NULL);
CREATE UNIQUE INDEX case_no ON case_file (no);
CREATE UNIQUE INDEX case_once ON case_file (once_key) WHERE once_key IS NOT NULL;
CREATE INDEX case_open ON case_file (open, id);
CREATE INDEX case_squad ON case_file (squad_id, open, id);
CREATE INDEX case_squad_state ON case_file (squad_id, state, id);
CREATE INDEX case_district ON case_file (district_id, open, id);
CREATE INDEX case_district_state ON case_file (district_id, state, id);
CREATE INDEX case_organ ON case_file (organ_id, state, id);
CREATE INDEX case_matter ON case_file (matter_id);
CREATE INDEX case_compound ON case_file (compound_id, id);
CREATE INDEX case_opener ON case_file (opened_by);
CREATE INDEX case_published ON case_file (id) WHERE published_at IS NOT NULL;
CREATE TABLE case_party (case_id integer primary key REFERENCES case_file (id), kind text NOT NULL, name text NOT NULL,
  address text, representative text, sealed text, tag text);
CREATE INDEX case_party_tag ON case_party (tag) WHERE tag IS NOT NULL;
CREATE TABLE case_officer (case_id bigint NOT NULL REFERENCES case_file (id), account_id bigint NOT NULL REFERENCES account (id),
  certificate text NOT NULL, PRIMARY KEY (case_id, account_id));
CREATE INDEX case_officer_account ON case_officer (account_id, case_id);
CREATE TABLE case_step (id integer primary key, case_id bigint NOT NULL REFERENCES case_file (id), sequence bigint NOT NULL,
  at bigint NOT NULL, account_id bigint NOT NULL REFERENCES account (id), role text NOT NULL, event text NOT NULL, act text NOT NULL,
  said text NOT NULL, note text);
CREATE UNIQUE INDEX case_step_sequence ON case_step (case_id, sequence);
CREATE INDEX case_step_account ON case_step (account_id);
CREATE TABLE certificate (account_id integer primary key REFERENCES account (id), number text NOT NULL, valid_until text NOT NULL,
  noted_by bigint NOT NULL REFERENCES account (id), noted_at bigint NOT NULL);
CREATE INDEX certificate_noter ON certificate (noted_by);

-- cases-002
CREATE TABLE case_paper (id integer primary key, case_id bigint NOT NULL REFERENCES case_file (id),
  organ_id bigint NOT NULL REFERENCES office (id), kind text NOT NULL, title text NOT NULL, mark text, year bigint, number bigint,
  no text, state text NOT NULL, fields text NOT NULL, document text, step bigint, made_at bigint NOT NULL, edited_at bigint,
  issued_at bigint, issued_by bigint REFERENCES account (id), sha256 text, replaces bigint REFERENCES case_paper (id),
  version bigint NOT NULL);
CREATE INDEX case_paper_case ON case_paper (case_id, id);
CREATE UNIQUE INDEX case_paper_number ON case_paper (organ_id, mark, year, number) WHERE number IS NOT NULL;
CREATE INDEX case_paper_organ ON case_paper (organ_id, kind, issued_at);
CREATE INDEX case_paper_issuer ON case_paper (issued_by);
CREATE INDEX case_paper_replaces ON case_paper (replaces);
CREATE INDEX case_paper_sha ON case_paper (sha256);

-- cases-003
CREATE TABLE monitoring_device (id integer primary key, squad_id bigint NOT NULL REFERENCES office (id), name text NOT NULL,
  kind text NOT NULL, place_text text NOT NULL, published_on text, published_where text, legal_on text, legal_paper text,
  technical_on text, technical_paper text, in_use bigint NOT NULL, noted_by bigint NOT NULL REFERENCES account (id),
  noted_at bigint NOT NULL);
CREATE INDEX monitoring_device_squad ON monitoring_device (squad_id, id);
CREATE INDEX monitoring_device_noter ON monitoring_device (noted_by);
CREATE TABLE exhibit (id integer primary key, case_id bigint NOT NULL REFERENCES case_file (id), number bigint NOT NULL,
  kind text NOT NULL, title text NOT NULL, proves text NOT NULL, source text NOT NULL, maker text NOT NULL, made_at bigint,
  place_text text, latitude double precision, longitude double precision, sha256 text, size bigint, media_type text,
  public_sha256 text, thumbnail_sha256 text, measure_value text, measure_unit text, measure_instrument text,
  device_id bigint REFERENCES monitoring_device (id), state text NOT NULL, counts bigint NOT NULL,
  verified_by bigint REFERENCES account (id), verified_at bigint, verified_note text, masked_of bigint REFERENCES exhibit (id),
  added_by bigint NOT NULL REFERENCES account (id), added_at bigint NOT NULL, checked_at bigint, fault text,
  CHECK (state IN ('pending', 'verified', 'rejected')), CHECK (sha256 IS NOT NULL OR measure_value IS NOT NULL));
CREATE UNIQUE INDEX exhibit_number ON exhibit (case_id, number);
CREATE INDEX exhibit_sha ON exhibit (sha256);
CREATE INDEX exhibit_public ON exhibit (public_sha256);
CREATE INDEX exhibit_thumbnail ON exhibit (thumbnail_sha256);
CREATE INDEX exhibit_device ON exhibit (device_id);
CREATE INDEX exhibit_verifier ON exhibit (verified_by);
CREATE INDEX exhibit_masked ON exhibit (masked_of);
CREATE INDEX exhibit_adder ON exhibit (added_by);
CREATE TABLE exhibit_upload (id integer primary key, case_id bigint NOT NULL REFERENCES case_file (id),
  account_id bigint NOT NULL REFERENCES account (id), file_name text NOT NULL, size bigint NOT NULL, declared text,
  received bigint NOT NULL, sha256 text, media_type text, at bigint NOT NULL);
CREATE INDEX exhibit_upload_case ON exhibit_upload (case_id, id);
CREATE INDEX exhibit_upload_account ON exhibit_upload (account_id);
CREATE INDEX exhibit_upload_at ON exhibit_upload (at);
CREATE INDEX exhibit_upload_sha ON exhibit_upload (sha256);

-- cases-004
CREATE TABLE filing_duty (matter_id integer primary key REFERENCES matter (id), squad_id bigint NOT NULL REFERENCES office (id),
  district_id bigint REFERENCES office (id), item text, grounds text NOT NULL, state text NOT NULL, at bigint NOT NULL,
  case_id bigint REFERENCES case_file (id), reason text, stock_owner text, stock_evidence text,
  decided_by bigint REFERENCES account (id), decided_at bigint);
CREATE INDEX filing_duty_squad ON filing_duty (squad_id, state, at);
CREATE INDEX filing_duty_district ON filing_duty (district_id, state, at);
CREATE INDEX filing_duty_state ON filing_duty (state, at);
CREATE INDEX filing_duty_case ON filing_duty (case_id);
CREATE INDEX filing_duty_decider ON filing_duty (decided_by);
CREATE TABLE firm_check (matter_id integer primary key REFERENCES matter (id), squad_id bigint NOT NULL REFERENCES office (id),
  district_id bigint REFERENCES office (id), state text NOT NULL, at bigint NOT NULL, note text, case_id bigint REFERENCES case_file (id),
  checked_by bigint REFERENCES account (id), checked_at bigint);
CREATE INDEX firm_check_state ON firm_check (state, at);
CREATE INDEX firm_check_district ON firm_check (district_id, state, at);
CREATE INDEX firm_check_squad ON firm_check (squad_id, state, at);
CREATE INDEX firm_check_case ON firm_check (case_id);
CREATE INDEX firm_check_checker ON firm_check (checked_by);

-- cases-005
CREATE TABLE case_incident (id integer primary key, case_id bigint NOT NULL REFERENCES case_file (id), kind text NOT NULL,
  at bigint NOT NULL, account_id bigint NOT NULL REFERENCES account (id), note text NOT NULL, unit text, outcome text, answered_at bigint);
CREATE INDEX case_incident_case ON case_incident (case_id);
CREATE INDEX case_incident_account ON case_incident (account_id);
CREATE TABLE case_credit (id integer primary key, case_id bigint NOT NULL REFERENCES case_file (id), subject text NOT NULL,
  name text NOT NULL, points bigint NOT NULL, article text NOT NULL, behaviour text NOT NULL, at bigint NOT NULL,
  account_id bigint NOT NULL REFERENCES account (id), sent_at bigint, answer text, answered_at bigint);
CREATE INDEX case_credit_case ON case_credit (case_id);
CREATE INDEX case_credit_account ON case_credit (account_id);
CREATE TABLE case_registry (case_id integer primary key REFERENCES case_file (id), state text NOT NULL, asked_at bigint NOT NULL,
  asked_by bigint NOT NULL REFERENCES account (id), certificate_no text, noted_on text, lifted_on text, note text);
CREATE INDEX case_registry_asker ON case_registry (asked_by);
CREATE INDEX case_decided ON case_file (decided_at) WHERE decided_at IS NOT NULL;

-- cases-006
CREATE TABLE guide (id integer primary key, kind text NOT NULL, title text NOT NULL, item text, text text NOT NULL, source text NOT NULL,
  file_name text, sha256 text, size bigint, district_id bigint REFERENCES office (id), at bigint NOT NULL, account_id bigint NOT NULL REFERENCES account (id), retired_at bigint);
CREATE INDEX guide_item ON guide (item, id);
CREATE INDEX guide_district ON guide (district_id);
CREATE INDEX guide_account ON guide (account_id);
CREATE INDEX guide_sha ON guide (sha256) WHERE sha256 IS NOT NULL;

-- cases-007
CREATE TABLE work_guide_off (id integer primary key, item text NOT NULL, district_id bigint REFERENCES office (id),
  reason text NOT NULL, at bigint NOT NULL, account_id bigint NOT NULL REFERENCES account (id));
CREATE UNIQUE INDEX work_guide_off_city ON work_guide_off (item) WHERE district_id IS NULL;
CREATE UNIQUE INDEX work_guide_off_item ON work_guide_off (item, district_id) WHERE district_id IS NOT NULL;
CREATE INDEX work_guide_off_district ON work_guide_off (district_id);
CREATE INDEX work_guide_off_account ON work_guide_off (account_id);

-- cases-008
CREATE TABLE case_joint (id integer primary key, case_id bigint NOT NULL REFERENCES case_file (id),
  office_id bigint NOT NULL REFERENCES office (id), state text NOT NULL, reason text NOT NULL,
  asked_by bigint NOT NULL REFERENCES account (id), asked_at bigint NOT NULL, answered_by bigint REFERENCES account (id),
  answered_at bigint, answer text, ended_by bigint REFERENCES account (id), ended_at bigint, end_reason text,
  CHECK (state IN ('asked', 'joined', 'declined', 'ended')));
CREATE INDEX case_joint_case ON case_joint (case_id, id);
CREATE UNIQUE INDEX case_joint_live ON case_joint (case_id, office_id) WHERE ended_at IS NULL;
CREATE INDEX case_joint_office ON case_joint (office_id, state, case_id);
CREATE INDEX case_joint_asker ON case_joint (asked_by);
CREATE INDEX case_joint_answerer ON case_joint (answered_by);
CREATE INDEX case_joint_ender ON case_joint (ended_by);

-- cases-009
CREATE TABLE evidence_night (day text PRIMARY KEY, began_at bigint NOT NULL, ended_at bigint NOT NULL, exhibits bigint NOT NULL,
  files bigint NOT NULL, bytes bigint NOT NULL, faults bigint NOT NULL);
CREATE INDEX exhibit_fault ON exhibit (id) WHERE fault IS NOT NULL;

-- cases-010
CREATE INDEX case_state ON case_file (state, id);
CREATE INDEX case_due ON case_file (due_at, id) WHERE open = 1;

-- patterns-001
CREATE TABLE pattern (id integer primary key, rule text NOT NULL, version text NOT NULL, kind text NOT NULL,
  compound_id bigint NOT NULL REFERENCES compound (id), squad_id bigint NOT NULL REFERENCES office (id),
  district_id bigint REFERENCES office (id), item text NOT NULL, place text NOT NULL, from_day text NOT NULL, through_day text NOT NULL,
  reports bigint NOT NULL, callers bigint NOT NULL, unnamed bigint NOT NULL, most bigint NOT NULL, places bigint NOT NULL,
  level bigint NOT NULL, months text NOT NULL, items bigint NOT NULL, state text NOT NULL, found_at bigint NOT NULL,
  seen_at bigint NOT NULL, over_at bigint, decided_by bigint REFERENCES account (id), decided_at bigint, reason text,
  CHECK (state IN ('found', 'planned', 'dismissed')));
CREATE UNIQUE INDEX pattern_now ON pattern (rule, compound_id, item, place) WHERE over_at IS NULL;
CREATE INDEX pattern_compound ON pattern (compound_id, id);
CREATE INDEX pattern_squad ON pattern (squad_id, id);
CREATE INDEX pattern_district ON pattern (district_id, id);
CREATE INDEX pattern_decided ON pattern (decided_by);
CREATE INDEX pattern_open ON pattern (level, id) WHERE over_at IS NULL;
CREATE TABLE pattern_report (id integer primary key, pattern_id bigint NOT NULL REFERENCES pattern (id),
  report_id bigint NOT NULL REFERENCES report (id));
CREATE UNIQUE INDEX pattern_report_pair ON pattern_report (pattern_id, report_id);
CREATE INDEX pattern_report_report ON pattern_report (report_id);
CREATE TABLE plan (id integer primary key, no text NOT NULL, pattern_id bigint NOT NULL REFERENCES pattern (id),
  compound_id bigint NOT NULL REFERENCES compound (id), squad_id bigint NOT NULL REFERENCES office (id),
  district_id bigint REFERENCES office (id), item text, measure text NOT NULL, goal text NOT NULL,
  owner_id bigint NOT NULL REFERENCES account (id), due_day text NOT NULL, state text NOT NULL,
  opened_by bigint NOT NULL REFERENCES account (id), opened_at bigint NOT NULL, closed_by bigint REFERENCES account (id),
  closed_at bigint, outcome text, version bigint NOT NULL, CHECK (state IN ('open', 'done', 'dropped')));
CREATE UNIQUE INDEX plan_no ON plan (no);
CREATE UNIQUE INDEX plan_pattern ON plan (pattern_id);
CREATE INDEX plan_compound ON plan (compound_id, id);
CREATE INDEX plan_squad ON plan (squad_id, state, due_day);
CREATE INDEX plan_district ON plan (district_id, state, due_day);
CREATE INDEX plan_state ON plan (state, due_day);
CREATE INDEX plan_owner ON plan (owner_id, state, due_day);
CREATE INDEX plan_opened ON plan (opened_by);
CREATE INDEX plan_closed ON plan (closed_by);
CREATE TABLE plan_note (id integer primary key, plan_id bigint NOT NULL REFERENCES plan (id), at bigint NOT NULL,
  account_id bigint NOT NULL REFERENCES account (id), text text NOT NULL);
CREATE INDEX plan_note_plan ON plan_note (plan_id, id);
CREATE INDEX plan_note_account ON plan_note (account_id);

-- figures-001
CREATE TABLE tally (id integer primary key, month bigint NOT NULL, squad_id bigint NOT NULL, district_id bigint NOT NULL,
  facet text NOT NULL, key text NOT NULL, counts text NOT NULL);
CREATE UNIQUE INDEX tally_key ON tally (facet, month, squad_id, district_id, key);
CREATE INDEX tally_squad ON tally (squad_id, facet, month);
CREATE INDEX tally_district ON tally (district_id, facet, month);
CREATE TABLE population (id integer primary key, area text NOT NULL, people bigint NOT NULL, as_of text NOT NULL, source text NOT NULL,
  at bigint NOT NULL, account_id bigint NOT NULL REFERENCES account (id), CHECK (people > 0));
CREATE UNIQUE INDEX population_area ON population (area, as_of);
CREATE INDEX population_account ON population (account_id);

-- figures-002
CREATE TABLE tally_sum (id integer primary key, month bigint NOT NULL, level text NOT NULL, district_id bigint NOT NULL,
  facet text NOT NULL, key text NOT NULL, counts text NOT NULL, CHECK (level IN ('district', 'city')));
CREATE UNIQUE INDEX tally_sum_key ON tally_sum (level, district_id, facet, month, key);
CREATE INDEX tally_sum_month ON tally_sum (level, facet, month);
CREATE TABLE tally_place (id integer primary key, month bigint NOT NULL, squad_id bigint NOT NULL, district_id bigint NOT NULL,
  complaints text NOT NULL);
CREATE UNIQUE INDEX tally_place_key ON tally_place (month, squad_id, district_id);
CREATE INDEX tally_place_squad ON tally_place (squad_id, month);
CREATE INDEX tally_place_district ON tally_place (district_id, month);
CREATE INDEX tally_compound ON tally (facet, key, month);

-- lookups-001
CREATE TABLE saved_lookup (id integer primary key, account_id bigint NOT NULL REFERENCES account (id),
  office_id bigint REFERENCES office (id), name text NOT NULL, address text NOT NULL, shared bigint NOT NULL);
CREATE UNIQUE INDEX saved_lookup_name ON saved_lookup (account_id, name);
CREATE INDEX saved_lookup_office ON saved_lookup (office_id, shared);

-- lookups-002
CREATE TABLE lookup_extract (id integer primary key, subject text NOT NULL, month bigint NOT NULL, squad_id bigint NOT NULL,
  district_id bigint NOT NULL, things blob NOT NULL, CHECK (subject IN ('reports', 'matters')));
CREATE UNIQUE INDEX lookup_extract_key ON lookup_extract (subject, month, district_id, squad_id);

-- hotspots-001
CREATE TABLE hot_area (id integer primary key, area bigint NOT NULL, subject text NOT NULL, version text NOT NULL,
  from_day text NOT NULL, through_day text NOT NULL, season_years bigint NOT NULL, reports bigint NOT NULL, places bigint NOT NULL,
  rate double precision NOT NULL, problem text, at bigint NOT NULL);
CREATE UNIQUE INDEX hot_area_subject ON hot_area (area, subject);
CREATE TABLE hot_cluster (id integer primary key, hot_area_id bigint NOT NULL REFERENCES hot_area (id), position bigint NOT NULL,
  radius double precision NOT NULL, from_day text NOT NULL, through_day text NOT NULL, observed bigint NOT NULL,
  expected double precision NOT NULL, risk double precision, chance double precision NOT NULL, places bigint NOT NULL);
CREATE UNIQUE INDEX hot_cluster_position ON hot_cluster (hot_area_id, position);
CREATE TABLE hot_member (id integer primary key, hot_cluster_id bigint NOT NULL REFERENCES hot_cluster (id),
  compound_id bigint NOT NULL REFERENCES compound (id), squad_id bigint NOT NULL REFERENCES office (id),
  district_id bigint NOT NULL REFERENCES office (id), position bigint NOT NULL, observed bigint NOT NULL,
  expected double precision NOT NULL);
CREATE UNIQUE INDEX hot_member_position ON hot_member (hot_cluster_id, position);
CREATE INDEX hot_member_compound ON hot_member (compound_id);
CREATE INDEX hot_member_squad ON hot_member (squad_id);
CREATE INDEX hot_member_district ON hot_member (district_id);
CREATE TABLE hot_rate (id integer primary key, hot_area_id bigint NOT NULL REFERENCES hot_area (id),
  compound_id bigint NOT NULL REFERENCES compound (id), squad_id bigint NOT NULL REFERENCES office (id),
  district_id bigint NOT NULL REFERENCES office (id), position bigint NOT NULL, reports bigint NOT NULL, households bigint,
  raw double precision, shrunk double precision, low double precision, high double precision, above double precision,
  listed bigint NOT NULL, why text NOT NULL, trouble text);
CREATE UNIQUE INDEX hot_rate_position ON hot_rate (hot_area_id, position);
CREATE UNIQUE INDEX hot_rate_compound ON hot_rate (compound_id, hot_area_id);
CREATE INDEX hot_rate_listed ON hot_rate (hot_area_id, listed, position);
CREATE INDEX hot_rate_squad ON hot_rate (squad_id, hot_area_id, position);
CREATE INDEX hot_rate_district ON hot_rate (district_id);
CREATE INDEX hot_rate_trouble ON hot_rate (hot_area_id, trouble, position) WHERE trouble IS NOT NULL;
CREATE TABLE focus_list (id integer primary key, no text NOT NULL, name text NOT NULL, source text NOT NULL,
  office_id bigint NOT NULL REFERENCES office (id), district_id bigint REFERENCES office (id), subject text NOT NULL,
  from_day text NOT NULL, through_day text NOT NULL, reason text NOT NULL, as_of text NOT NULL, version text NOT NULL,
  entries bigint NOT NULL, issued_by bigint NOT NULL REFERENCES account (id), issued_at bigint NOT NULL,
  CHECK (source IN ('ours', 'imported')));
CREATE UNIQUE INDEX focus_list_no ON focus_list (no);
CREATE UNIQUE INDEX focus_list_name ON focus_list (office_id, name);
CREATE INDEX focus_list_district ON focus_list (district_id, id);
CREATE INDEX focus_list_issuer ON focus_list (issued_by);
CREATE TABLE focus_entry (id integer primary key, list_id bigint NOT NULL REFERENCES focus_list (id), position bigint NOT NULL,
  compound_id bigint NOT NULL REFERENCES compound (id), given text NOT NULL, reports bigint NOT NULL, households bigint,
  raw double precision, shrunk double precision, low double precision, high double precision, above double precision,
  area_rate double precision, listed bigint NOT NULL, why text NOT NULL);
CREATE UNIQUE INDEX focus_entry_position ON focus_entry (list_id, position);
CREATE UNIQUE INDEX focus_entry_compound ON focus_entry (compound_id, list_id);
CREATE TABLE focus_left (id integer primary key, list_id bigint NOT NULL REFERENCES focus_list (id), line bigint NOT NULL,
  given text NOT NULL, why text NOT NULL);
CREATE UNIQUE INDEX focus_left_line ON focus_left (list_id, line);

-- hotspots-002
ALTER TABLE focus_list ADD COLUMN withdrawn_at bigint;
ALTER TABLE focus_list ADD COLUMN withdrawn_by bigint REFERENCES account (id);
ALTER TABLE focus_list ADD COLUMN withdrawn_why text;
CREATE INDEX focus_list_withdrawer ON focus_list (withdrawn_by);

-- hotspots-003
DROP INDEX focus_list_name;
CREATE UNIQUE INDEX focus_list_name ON focus_list (office_id, name) WHERE withdrawn_at IS NULL;

-- effects-001
CREATE TABLE assessment (id integer primary key, no text NOT NULL, title text NOT NULL, kind text NOT NULL,
  office_id bigint NOT NULL REFERENCES office (id), district_id bigint REFERENCES office (id),
  list_id bigint REFERENCES focus_list (id), item text, from_day text NOT NULL, through_day text NOT NULL,
  opened_by bigint NOT NULL REFERENCES account (id), opened_at bigint NOT NULL, CHECK (kind IN ('list', 'campaign', 'pilot')));
CREATE UNIQUE INDEX assessment_no ON assessment (no);
CREATE UNIQUE INDEX assessment_title ON assessment (office_id, title);
CREATE INDEX assessment_district ON assessment (district_id, id);
CREATE INDEX assessment_list ON assessment (list_id);
CREATE INDEX assessment_period ON assessment (through_day, from_day);
CREATE INDEX assessment_opener ON assessment (opened_by);
CREATE TABLE assessment_place (id integer primary key, assessment_id bigint NOT NULL REFERENCES assessment (id),
  compound_id bigint NOT NULL REFERENCES compound (id));
CREATE UNIQUE INDEX assessment_place_pair ON assessment_place (assessment_id, compound_id);
CREATE INDEX assessment_place_compound ON assessment_place (compound_id);
CREATE TABLE assessment_result (id integer primary key, assessment_id bigint NOT NULL REFERENCES assessment (id), at bigint NOT NULL,
  account_id bigint NOT NULL REFERENCES account (id), version text NOT NULL, verdict text NOT NULL, result text NOT NULL);
CREATE INDEX assessment_result_assessment ON assessment_result (assessment_id, id);
CREATE INDEX assessment_result_account ON assessment_result (account_id);

-- grades-001
CREATE TABLE grade (id integer primary key, compound_id bigint NOT NULL REFERENCES compound (id),
  squad_id bigint NOT NULL REFERENCES office (id), district_id bigint REFERENCES office (id), grade text NOT NULL,
  rank bigint NOT NULL, points bigint NOT NULL, quiet bigint NOT NULL, version text NOT NULL, facts text NOT NULL, because text NOT NULL,
  before text, from_day text NOT NULL, over_day text);
CREATE UNIQUE INDEX grade_now ON grade (compound_id) WHERE over_day IS NULL;
CREATE INDEX grade_compound ON grade (compound_id, id);
CREATE INDEX grade_squad ON grade (squad_id, rank, points) WHERE over_day IS NULL;
CREATE INDEX grade_district ON grade (district_id, rank, points) WHERE over_day IS NULL;
CREATE INDEX grade_worst ON grade (rank, points) WHERE over_day IS NULL;
CREATE TABLE grade_override (id integer primary key, compound_id bigint NOT NULL REFERENCES compound (id), grade text NOT NULL,
  reason text NOT NULL, until_day text NOT NULL, at bigint NOT NULL, account_id bigint NOT NULL REFERENCES account (id),
  ended_at bigint, ended_by bigint REFERENCES account (id));
CREATE UNIQUE INDEX grade_override_now ON grade_override (compound_id) WHERE ended_at IS NULL;
CREATE INDEX grade_override_compound ON grade_override (compound_id, id);
CREATE INDEX grade_override_account ON grade_override (account_id);
CREATE INDEX grade_override_ender ON grade_override (ended_by);
CREATE TABLE inspection (id integer primary key, no text NOT NULL, kind text NOT NULL, compound_id bigint NOT NULL REFERENCES compound (id),
  squad_id bigint NOT NULL REFERENCES office (id), district_id bigint REFERENCES office (id),
  officer_id bigint REFERENCES account (id), month bigint NOT NULL, turn bigint NOT NULL, grade text NOT NULL, reason text NOT NULL,
  due_day text NOT NULL, state text NOT NULL, result text, note text, matter_id bigint REFERENCES matter (id), done_day text,
  done_at bigint, done_by bigint REFERENCES account (id), version bigint NOT NULL,
  CHECK (kind IN ('routine', 'recheck') AND state IN ('planned', 'done', 'missed', 'dropped')));
CREATE UNIQUE INDEX inspection_no ON inspection (no);
CREATE UNIQUE INDEX inspection_turn ON inspection (compound_id, month, turn) WHERE kind = 'routine';
CREATE INDEX inspection_compound ON inspection (compound_id, id);
CREATE INDEX inspection_squad ON inspection (squad_id, month, state);
CREATE INDEX inspection_district ON inspection (district_id, month, state);
CREATE INDEX inspection_month ON inspection (month, state);
CREATE INDEX inspection_planned ON inspection (squad_id, due_day) WHERE state = 'planned';
CREATE INDEX inspection_officer ON inspection (officer_id, due_day);
CREATE INDEX inspection_doer ON inspection (done_by);
CREATE INDEX inspection_matter ON inspection (matter_id);

-- grades-002
ALTER TABLE inspection ADD COLUMN unplanned bigint NOT NULL DEFAULT 0;
ALTER TABLE inspection ADD COLUMN sent_key text;
CREATE UNIQUE INDEX inspection_key ON inspection (sent_key) WHERE sent_key IS NOT NULL;
CREATE INDEX inspection_done ON inspection (done_at) WHERE done_at IS NOT NULL;
CREATE TABLE inspection_photo (id integer primary key, inspection_id bigint NOT NULL REFERENCES inspection (id),
  position bigint NOT NULL, sha256 text NOT NULL, size bigint NOT NULL, media_type text NOT NULL, public_sha256 text,
  thumbnail_sha256 text, taken_at bigint);
CREATE UNIQUE INDEX inspection_photo_position ON inspection_photo (inspection_id, position);
CREATE INDEX inspection_photo_sha ON inspection_photo (sha256);
CREATE INDEX inspection_photo_public ON inspection_photo (public_sha256);
CREATE INDEX inspection_photo_thumbnail ON inspection_photo (thumbnail_sha256);

-- city-lists-001
CREATE TABLE city_entry (id integer primary key, district_id bigint NOT NULL REFERENCES office (id), kind text NOT NULL,
  month bigint NOT NULL, source_no text NOT NULL, said text NOT NULL, due_day text NOT NULL, state text NOT NULL,
  report_id bigint REFERENCES report (id), squad_id bigint REFERENCES office (id), entered_by bigint NOT NULL REFERENCES account (id),
  entered_at bigint NOT NULL, answer text, evidence text, answered_by bigint REFERENCES account (id), answered_at bigint,
  reviewed_by bigint REFERENCES account (id), reviewed_at bigint, review_note text, decided_by bigint REFERENCES account (id),
  decided_at bigint, verdict text, version bigint NOT NULL,
  CHECK (kind IN ('dissatisfied', 'unsolved', 'uncontacted')),
  CHECK (state IN ('open', 'accepted', 'asked', 'sent', 'upheld', 'rejected')));
CREATE UNIQUE INDEX city_entry_once ON city_entry (district_id, kind, month, source_no);
CREATE INDEX city_entry_report ON city_entry (report_id) WHERE report_id IS NOT NULL;
CREATE INDEX city_entry_unmatched ON city_entry (district_id, id) WHERE report_id IS NULL;
CREATE INDEX city_entry_district ON city_entry (district_id, state, due_day);
CREATE INDEX city_entry_squad ON city_entry (squad_id, state, due_day);
CREATE INDEX city_entry_state ON city_entry (state, due_day);
CREATE INDEX city_entry_entered ON city_entry (entered_by);
CREATE INDEX city_entry_answered ON city_entry (answered_by);
CREATE INDEX city_entry_reviewed ON city_entry (reviewed_by);
CREATE INDEX city_entry_decided ON city_entry (decided_by);

-- rosters-001
CREATE TABLE roster_squad (squad_id integer primary key REFERENCES office (id), latitude double precision,
  longitude double precision, compound_share bigint NOT NULL, fair_band bigint NOT NULL,
  noted_by bigint NOT NULL REFERENCES account (id), noted_at bigint NOT NULL);
CREATE INDEX roster_squad_noter ON roster_squad (noted_by);
CREATE TABLE roster_officer (account_id integer primary key REFERENCES account (id), included bigint NOT NULL,
  weekly_hours double precision NOT NULL, skills text NOT NULL, noted_by bigint NOT NULL REFERENCES account (id),
  noted_at bigint NOT NULL);
CREATE INDEX roster_officer_noter ON roster_officer (noted_by);
CREATE TABLE roster_leave (id integer primary key, account_id bigint NOT NULL REFERENCES account (id), from_day text NOT NULL,
  to_day text NOT NULL, noted_by bigint NOT NULL REFERENCES account (id), noted_at bigint NOT NULL, ended_at bigint);
CREATE INDEX roster_leave_account ON roster_leave (account_id, to_day);
CREATE INDEX roster_leave_noter ON roster_leave (noted_by);
CREATE TABLE roster_compound (compound_id integer primary key REFERENCES compound (id), wanted_mode text, forced_mode text,
  needs_two bigint NOT NULL, skills text NOT NULL, noted_by bigint NOT NULL REFERENCES account (id), noted_at bigint NOT NULL);
CREATE INDEX roster_compound_noter ON roster_compound (noted_by);
CREATE TABLE roster_duty (id integer primary key, squad_id bigint NOT NULL REFERENCES office (id), name text NOT NULL,
  half text NOT NULL, days text NOT NULL, officers bigint NOT NULL, rest_half_days bigint NOT NULL, max_per_officer bigint,
  skill text, shift text, added_by bigint NOT NULL REFERENCES account (id), added_at bigint NOT NULL, ended_at bigint);
CREATE INDEX roster_duty_squad ON roster_duty (squad_id, id);
CREATE INDEX roster_duty_adder ON roster_duty (added_by);
CREATE TABLE roster_plan (id integer primary key, no text NOT NULL, squad_id bigint NOT NULL REFERENCES office (id),
  district_id bigint REFERENCES office (id), number bigint NOT NULL, start_day text NOT NULL, until_day text NOT NULL,
  state text NOT NULL, what_if bigint NOT NULL, based_on bigint REFERENCES roster_plan (id), change text NOT NULL,
  instance text NOT NULL, notes text NOT NULL, score text, proportional text, proportional_note text, remarks text NOT NULL,
  obstacles text NOT NULL, objective bigint, bound bigint, time_limited bigint NOT NULL,
  asked_by bigint NOT NULL REFERENCES account (id), asked_at bigint NOT NULL, begun_at bigint, ended_at bigint,
  issued_by bigint REFERENCES account (id), issued_at bigint, version bigint NOT NULL,
  CHECK (state IN ('waiting', 'running', 'draft', 'impossible', 'undecided', 'failed', 'cancelled', 'issued', 'superseded')));
CREATE UNIQUE INDEX roster_plan_no ON roster_plan (no);
CREATE UNIQUE INDEX roster_plan_now ON roster_plan (squad_id) WHERE ended_at IS NULL;
CREATE INDEX roster_plan_squad ON roster_plan (squad_id, id);
CREATE INDEX roster_plan_district ON roster_plan (district_id, id);
CREATE INDEX roster_plan_base ON roster_plan (based_on);
CREATE INDEX roster_plan_asker ON roster_plan (asked_by);
CREATE INDEX roster_plan_issuer ON roster_plan (issued_by);
CREATE TABLE roster_place (id integer primary key, plan_id bigint NOT NULL REFERENCES roster_plan (id),
  compound_id bigint NOT NULL REFERENCES compound (id), mode text NOT NULL, mode_name text NOT NULL, visits bigint NOT NULL,
  demand_hours double precision NOT NULL, served_hours double precision NOT NULL,
  contact_id bigint NOT NULL REFERENCES account (id), second_id bigint REFERENCES account (id), reason text NOT NULL,
  contact_reason text NOT NULL, second_reason text);
CREATE UNIQUE INDEX roster_place_once ON roster_place (plan_id, compound_id);
CREATE INDEX roster_place_compound ON roster_place (compound_id, plan_id);
CREATE INDEX roster_place_contact ON roster_place (contact_id);
CREATE INDEX roster_place_second ON roster_place (second_id);
CREATE TABLE roster_load (id integer primary key, plan_id bigint NOT NULL REFERENCES roster_plan (id),
  account_id bigint NOT NULL REFERENCES account (id), available bigint NOT NULL, visits bigint NOT NULL, stand_ins bigint NOT NULL,
  duties bigint NOT NULL, load bigint NOT NULL, percent bigint NOT NULL);
CREATE UNIQUE INDEX roster_load_once ON roster_load (plan_id, account_id);
CREATE INDEX roster_load_account ON roster_load (account_id);
CREATE TABLE roster_shift (id integer primary key, plan_id bigint NOT NULL REFERENCES roster_plan (id),
  account_id bigint NOT NULL REFERENCES account (id), day text NOT NULL, half text NOT NULL, task text NOT NULL,
  compound_id bigint REFERENCES compound (id), duty_id bigint REFERENCES roster_duty (id), role text,
  instead_id bigint REFERENCES account (id), fixed bigint NOT NULL, reason text NOT NULL);
CREATE INDEX roster_shift_plan ON roster_shift (plan_id, day);
CREATE INDEX roster_shift_account ON roster_shift (account_id, day);
CREATE INDEX roster_shift_compound ON roster_shift (compound_id, day);
CREATE INDEX roster_shift_duty ON roster_shift (duty_id);
CREATE INDEX roster_shift_instead ON roster_shift (instead_id);
CREATE TABLE roster_fix (id integer primary key, plan_id bigint NOT NULL REFERENCES roster_plan (id), kind text NOT NULL,
  compound_id bigint REFERENCES compound (id), contact_id bigint REFERENCES account (id), second_id bigint REFERENCES account (id),
  mode text, day text, half text, account_id bigint REFERENCES account (id), task text,
  duty_id bigint REFERENCES roster_duty (id), applied bigint NOT NULL, fixed_by bigint NOT NULL REFERENCES account (id),
  fixed_at bigint NOT NULL, CHECK (kind IN ('team', 'shift')));
CREATE INDEX roster_fix_plan ON roster_fix (plan_id, id);
CREATE INDEX roster_fix_compound ON roster_fix (compound_id);
CREATE INDEX roster_fix_contact ON roster_fix (contact_id);
CREATE INDEX roster_fix_second ON roster_fix (second_id);
CREATE INDEX roster_fix_account ON roster_fix (account_id);
CREATE INDEX roster_fix_duty ON roster_fix (duty_id);
CREATE INDEX roster_fix_fixer ON roster_fix (fixed_by);

-- rosters-002
CREATE TABLE roster_help (id integer primary key, account_id bigint NOT NULL REFERENCES account (id),
  squad_id bigint NOT NULL REFERENCES office (id), half_days bigint NOT NULL, noted_by bigint NOT NULL REFERENCES account (id),
  noted_at bigint NOT NULL);
CREATE UNIQUE INDEX roster_help_once ON roster_help (account_id, squad_id);
CREATE INDEX roster_help_squad ON roster_help (squad_id);
CREATE INDEX roster_help_noter ON roster_help (noted_by);
ALTER TABLE roster_load ADD COLUMN home_id bigint REFERENCES office (id);
CREATE INDEX roster_load_home ON roster_load (home_id);

-- overview-001
CREATE TABLE outline_set (id integer primary key, name text NOT NULL, source text NOT NULL, datum text NOT NULL,
  outlines bigint NOT NULL, points bigint NOT NULL, digest text NOT NULL, at bigint NOT NULL, account_id bigint NOT NULL REFERENCES account (id),
  office_id bigint REFERENCES office (id));
CREATE INDEX outline_set_account ON outline_set (account_id);
CREATE INDEX outline_set_office ON outline_set (office_id);
CREATE INDEX outline_set_digest ON outline_set (digest);
CREATE TABLE outline (id integer primary key, set_id bigint NOT NULL REFERENCES outline_set (id), name text NOT NULL, rings text NOT NULL);
CREATE INDEX outline_set_id ON outline (set_id, id);
CREATE TABLE bulletin (id integer primary key, no text NOT NULL, kind text NOT NULL, office_id bigint NOT NULL REFERENCES office (id),
  from_day text NOT NULL, through_day text NOT NULL, title text NOT NULL, content text NOT NULL, state text NOT NULL,
  version bigint NOT NULL, made_by bigint NOT NULL REFERENCES account (id), made_at bigint NOT NULL, issued_by bigint REFERENCES account (id),
  issued_at bigint, sha256 text, CHECK (kind IN ('weekly', 'monthly', 'annual')), CHECK (state IN ('draft', 'issued', 'dropped')));
CREATE UNIQUE INDEX bulletin_no ON bulletin (no);
CREATE INDEX bulletin_office ON bulletin (office_id, id);
CREATE INDEX bulletin_made ON bulletin (made_by);
CREATE INDEX bulletin_issued ON bulletin (issued_by);
CREATE INDEX bulletin_sha ON bulletin (sha256);

