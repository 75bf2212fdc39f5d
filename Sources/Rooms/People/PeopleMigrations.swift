import Storage

public enum PeopleMigrations {
  /// After the compounds': a firm's and a committee's accounts point at them.
  public static let all = [
    Migration(
      "people-001",
      [
        """
        CREATE TABLE account (id integer primary key, login text NOT NULL, login_tag text NOT NULL, name text NOT NULL, role text NOT NULL,
          office_id bigint REFERENCES office (id), firm_id bigint REFERENCES firm (id), committee_id bigint REFERENCES committee (id),
          password_hash text NOT NULL, state text NOT NULL, must_change bigint NOT NULL, demonstration bigint NOT NULL,
          password_at bigint NOT NULL, signed_in_at bigint, created_at bigint NOT NULL, updated_at bigint NOT NULL,
          CHECK (state IN ('active', 'disabled')))
        """,
        "CREATE UNIQUE INDEX account_login ON account (login)",
        "CREATE INDEX account_login_tag ON account (login_tag)",
        "CREATE INDEX account_office ON account (office_id, role)",
        "CREATE INDEX account_firm ON account (firm_id)",
        "CREATE INDEX account_committee ON account (committee_id)",
        "CREATE INDEX account_role ON account (role, state)",
        // Known and unknown log-ins are counted alike, so that a lock tells nobody which ones exist.
        "CREATE TABLE login_lock (login_tag text PRIMARY KEY, failed_count bigint NOT NULL, failed_at bigint NOT NULL, locked_until bigint)",
        """
        CREATE TABLE session (id integer primary key, token_hash text NOT NULL, account_id bigint NOT NULL REFERENCES account (id),
          csrf text NOT NULL, created_at bigint NOT NULL, seen_at bigint NOT NULL, expires_at bigint NOT NULL, agent text NOT NULL)
        """,
        "CREATE UNIQUE INDEX session_token ON session (token_hash)",
        "CREATE INDEX session_account ON session (account_id)",
        "CREATE INDEX session_expires ON session (expires_at)",
        """
        CREATE TABLE sign_in (id integer primary key, at bigint NOT NULL, login_tag text NOT NULL, account_id bigint REFERENCES account (id),
          outcome text NOT NULL, address_tag text NOT NULL, address_prefix text NOT NULL)
        """,
        "CREATE INDEX sign_in_at ON sign_in (at)",
        "CREATE INDEX sign_in_account ON sign_in (account_id, at)",
        "CREATE INDEX sign_in_address ON sign_in (address_tag, at)",
        """
        CREATE TABLE deputy (id integer primary key, account_id bigint NOT NULL REFERENCES account (id),
          deputy_id bigint NOT NULL REFERENCES account (id), from_day text NOT NULL, to_day text NOT NULL, reason text NOT NULL,
          created_by bigint REFERENCES account (id), created_at bigint NOT NULL, ended_at bigint)
        """,
        "CREATE INDEX deputy_account ON deputy (account_id, from_day)",
        "CREATE INDEX deputy_deputy ON deputy (deputy_id, from_day)",
        "CREATE INDEX deputy_created_by ON deputy (created_by)",
        """
        CREATE TABLE duty (id integer primary key, office_id bigint NOT NULL REFERENCES office (id), day text NOT NULL, shift text NOT NULL,
          account_id bigint NOT NULL REFERENCES account (id), second_id bigint REFERENCES account (id),
          CHECK (shift IN ('day', 'night', 'holiday')))
        """,
        "CREATE UNIQUE INDEX duty_once ON duty (office_id, day, shift)",
        "CREATE INDEX duty_account ON duty (account_id, day)",
        "CREATE INDEX duty_second ON duty (second_id, day)",
        """
        CREATE TABLE duty_call (id integer primary key, office_id bigint NOT NULL REFERENCES office (id), subject_kind text NOT NULL,
          subject_id bigint NOT NULL, reason text NOT NULL, called_at bigint NOT NULL, account_id bigint REFERENCES account (id),
          level bigint NOT NULL, acknowledged_at bigint, acknowledged_by bigint REFERENCES account (id))
        """,
        "CREATE INDEX duty_call_office ON duty_call (office_id)",
        "CREATE INDEX duty_call_account ON duty_call (account_id, acknowledged_at)",
        "CREATE INDEX duty_call_acknowledged_by ON duty_call (acknowledged_by)",
        "CREATE INDEX duty_call_subject ON duty_call (subject_kind, subject_id)",
        """
        CREATE TABLE api_token (id integer primary key, account_id bigint NOT NULL REFERENCES account (id), name text NOT NULL,
          token_hash text NOT NULL, created_at bigint NOT NULL, expires_at bigint NOT NULL, revoked_at bigint)
        """,
        "CREATE UNIQUE INDEX api_token_hash ON api_token (token_hash)",
        "CREATE INDEX api_token_account ON api_token (account_id)",
      ]),
    // A session begun by a program that knows no second factor has no confirmed_at: for whoever has one, it is only half.
    Migration(
      "people-002",
      [
        """
        CREATE TABLE second_factor (account_id integer primary key REFERENCES account (id), sealed text, enrolled_at bigint, pending text,
          pending_at bigint, last_step bigint NOT NULL)
        """,
        "CREATE TABLE recovery_code (id integer primary key, account_id bigint NOT NULL REFERENCES account (id), code_tag text NOT NULL, used_at bigint)",
        "CREATE UNIQUE INDEX recovery_code_tag ON recovery_code (account_id, code_tag)",
        "ALTER TABLE session ADD COLUMN confirmed_at bigint",
        "ALTER TABLE account ADD COLUMN factor_reset_at bigint",
      ]),
  ]
}
