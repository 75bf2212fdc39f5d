import Storage

extension CasesMigrations {
  /// A number belongs to one paper of its organ, word and year; drafts have none yet.
  static let papers = Migration(
    "cases-002",
    [
      """
      CREATE TABLE case_paper (id integer primary key, case_id bigint NOT NULL REFERENCES case_file (id),
        organ_id bigint NOT NULL REFERENCES office (id), kind text NOT NULL, title text NOT NULL, mark text, year bigint, number bigint,
        no text, state text NOT NULL, fields text NOT NULL, document text, step bigint, made_at bigint NOT NULL, edited_at bigint,
        issued_at bigint, issued_by bigint REFERENCES account (id), sha256 text, replaces bigint REFERENCES case_paper (id),
        version bigint NOT NULL)
      """,
      "CREATE INDEX case_paper_case ON case_paper (case_id, id)",
      "CREATE UNIQUE INDEX case_paper_number ON case_paper (organ_id, mark, year, number) WHERE number IS NOT NULL",
      "CREATE INDEX case_paper_organ ON case_paper (organ_id, kind, issued_at)",
      "CREATE INDEX case_paper_issuer ON case_paper (issued_by)",
      "CREATE INDEX case_paper_replaces ON case_paper (replaces)",
      "CREATE INDEX case_paper_sha ON case_paper (sha256)",
    ])
}
