import Storage

extension CasesMigrations {
  static let evidence = Migration(
    "cases-003",
    [
      """
      CREATE TABLE monitoring_device (id integer primary key, squad_id bigint NOT NULL REFERENCES office (id), name text NOT NULL,
        kind text NOT NULL, place_text text NOT NULL, published_on text, published_where text, legal_on text, legal_paper text,
        technical_on text, technical_paper text, in_use bigint NOT NULL, noted_by bigint NOT NULL REFERENCES account (id),
        noted_at bigint NOT NULL)
      """,
      "CREATE INDEX monitoring_device_squad ON monitoring_device (squad_id, id)",
      "CREATE INDEX monitoring_device_noter ON monitoring_device (noted_by)",
      """
      CREATE TABLE exhibit (id integer primary key, case_id bigint NOT NULL REFERENCES case_file (id), number bigint NOT NULL,
        kind text NOT NULL, title text NOT NULL, proves text NOT NULL, source text NOT NULL, maker text NOT NULL, made_at bigint,
        place_text text, latitude double precision, longitude double precision, sha256 text, size bigint, media_type text,
        public_sha256 text, thumbnail_sha256 text, measure_value text, measure_unit text, measure_instrument text,
        device_id bigint REFERENCES monitoring_device (id), state text NOT NULL, counts bigint NOT NULL,
        verified_by bigint REFERENCES account (id), verified_at bigint, verified_note text, masked_of bigint REFERENCES exhibit (id),
        added_by bigint NOT NULL REFERENCES account (id), added_at bigint NOT NULL, checked_at bigint, fault text,
        CHECK (state IN ('pending', 'verified', 'rejected')), CHECK (sha256 IS NOT NULL OR measure_value IS NOT NULL))
      """,
      "CREATE UNIQUE INDEX exhibit_number ON exhibit (case_id, number)",
      "CREATE INDEX exhibit_sha ON exhibit (sha256)",
      "CREATE INDEX exhibit_public ON exhibit (public_sha256)",
      "CREATE INDEX exhibit_thumbnail ON exhibit (thumbnail_sha256)",
      "CREATE INDEX exhibit_device ON exhibit (device_id)",
      "CREATE INDEX exhibit_verifier ON exhibit (verified_by)",
      "CREATE INDEX exhibit_masked ON exhibit (masked_of)",
      "CREATE INDEX exhibit_adder ON exhibit (added_by)",
      """
      CREATE TABLE exhibit_upload (id integer primary key, case_id bigint NOT NULL REFERENCES case_file (id),
        account_id bigint NOT NULL REFERENCES account (id), file_name text NOT NULL, size bigint NOT NULL, declared text,
        received bigint NOT NULL, sha256 text, media_type text, at bigint NOT NULL)
      """,
      "CREATE INDEX exhibit_upload_case ON exhibit_upload (case_id, id)",
      "CREATE INDEX exhibit_upload_account ON exhibit_upload (account_id)",
      "CREATE INDEX exhibit_upload_at ON exhibit_upload (at)",
      "CREATE INDEX exhibit_upload_sha ON exhibit_upload (sha256)",
    ])
}

extension Cases {
  /// Every column of this room that names a file of the vault: for back-ups, moves, and before a file is removed.
  public static let fileColumns: [(table: String, column: String)] = [
    ("exhibit", "sha256"), ("exhibit", "public_sha256"), ("exhibit", "thumbnail_sha256"), ("exhibit_upload", "sha256"),
  ]
}
