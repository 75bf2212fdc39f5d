import Storage

public enum RostersMigrations {
  /// After the cases', whose certificates are read.
  public static let all = [
    Migration(
      "rosters-001",
      [
        """
        CREATE TABLE roster_squad (squad_id integer primary key REFERENCES office (id), latitude double precision,
          longitude double precision, compound_share bigint NOT NULL, fair_band bigint NOT NULL,
          noted_by bigint NOT NULL REFERENCES account (id), noted_at bigint NOT NULL)
        """,
        "CREATE INDEX roster_squad_noter ON roster_squad (noted_by)",
        """
        CREATE TABLE roster_officer (account_id integer primary key REFERENCES account (id), included bigint NOT NULL,
          weekly_hours double precision NOT NULL, skills text NOT NULL, noted_by bigint NOT NULL REFERENCES account (id),
          noted_at bigint NOT NULL)
        """,
        "CREATE INDEX roster_officer_noter ON roster_officer (noted_by)",
        """
        CREATE TABLE roster_leave (id integer primary key, account_id bigint NOT NULL REFERENCES account (id), from_day text NOT NULL,
          to_day text NOT NULL, noted_by bigint NOT NULL REFERENCES account (id), noted_at bigint NOT NULL, ended_at bigint)
        """,
        "CREATE INDEX roster_leave_account ON roster_leave (account_id, to_day)",
        "CREATE INDEX roster_leave_noter ON roster_leave (noted_by)",
        """
        CREATE TABLE roster_compound (compound_id integer primary key REFERENCES compound (id), wanted_mode text, forced_mode text,
          needs_two bigint NOT NULL, skills text NOT NULL, noted_by bigint NOT NULL REFERENCES account (id), noted_at bigint NOT NULL)
        """,
        "CREATE INDEX roster_compound_noter ON roster_compound (noted_by)",
        """
        CREATE TABLE roster_duty (id integer primary key, squad_id bigint NOT NULL REFERENCES office (id), name text NOT NULL,
          half text NOT NULL, days text NOT NULL, officers bigint NOT NULL, rest_half_days bigint NOT NULL, max_per_officer bigint,
          skill text, shift text, added_by bigint NOT NULL REFERENCES account (id), added_at bigint NOT NULL, ended_at bigint)
        """,
        "CREATE INDEX roster_duty_squad ON roster_duty (squad_id, id)",
        "CREATE INDEX roster_duty_adder ON roster_duty (added_by)",
        """
        CREATE TABLE roster_plan (id integer primary key, no text NOT NULL, squad_id bigint NOT NULL REFERENCES office (id),
          district_id bigint REFERENCES office (id), number bigint NOT NULL, start_day text NOT NULL, until_day text NOT NULL,
          state text NOT NULL, what_if bigint NOT NULL, based_on bigint REFERENCES roster_plan (id), change text NOT NULL,
          instance text NOT NULL, notes text NOT NULL, score text, proportional text, proportional_note text, remarks text NOT NULL,
          obstacles text NOT NULL, objective bigint, bound bigint, time_limited bigint NOT NULL,
          asked_by bigint NOT NULL REFERENCES account (id), asked_at bigint NOT NULL, begun_at bigint, ended_at bigint,
          issued_by bigint REFERENCES account (id), issued_at bigint, version bigint NOT NULL,
          CHECK (state IN ('waiting', 'running', 'draft', 'impossible', 'undecided', 'failed', 'cancelled', 'issued', 'superseded')))
        """,
        "CREATE UNIQUE INDEX roster_plan_no ON roster_plan (no)",
        // One at a time is reckoned for a squad.
        "CREATE UNIQUE INDEX roster_plan_now ON roster_plan (squad_id) WHERE ended_at IS NULL",
        "CREATE INDEX roster_plan_squad ON roster_plan (squad_id, id)",
        "CREATE INDEX roster_plan_district ON roster_plan (district_id, id)",
        "CREATE INDEX roster_plan_base ON roster_plan (based_on)",
        "CREATE INDEX roster_plan_asker ON roster_plan (asked_by)",
        "CREATE INDEX roster_plan_issuer ON roster_plan (issued_by)",
        """
        CREATE TABLE roster_place (id integer primary key, plan_id bigint NOT NULL REFERENCES roster_plan (id),
          compound_id bigint NOT NULL REFERENCES compound (id), mode text NOT NULL, mode_name text NOT NULL, visits bigint NOT NULL,
          demand_hours double precision NOT NULL, served_hours double precision NOT NULL,
          contact_id bigint NOT NULL REFERENCES account (id), second_id bigint REFERENCES account (id), reason text NOT NULL,
          contact_reason text NOT NULL, second_reason text)
        """,
        "CREATE UNIQUE INDEX roster_place_once ON roster_place (plan_id, compound_id)",
        "CREATE INDEX roster_place_compound ON roster_place (compound_id, plan_id)",
        "CREATE INDEX roster_place_contact ON roster_place (contact_id)",
        "CREATE INDEX roster_place_second ON roster_place (second_id)",
        """
        CREATE TABLE roster_load (id integer primary key, plan_id bigint NOT NULL REFERENCES roster_plan (id),
          account_id bigint NOT NULL REFERENCES account (id), available bigint NOT NULL, visits bigint NOT NULL, stand_ins bigint NOT NULL,
          duties bigint NOT NULL, load bigint NOT NULL, percent bigint NOT NULL)
        """,
        "CREATE UNIQUE INDEX roster_load_once ON roster_load (plan_id, account_id)",
        "CREATE INDEX roster_load_account ON roster_load (account_id)",
        """
        CREATE TABLE roster_shift (id integer primary key, plan_id bigint NOT NULL REFERENCES roster_plan (id),
          account_id bigint NOT NULL REFERENCES account (id), day text NOT NULL, half text NOT NULL, task text NOT NULL,
          compound_id bigint REFERENCES compound (id), duty_id bigint REFERENCES roster_duty (id), role text,
          instead_id bigint REFERENCES account (id), fixed bigint NOT NULL, reason text NOT NULL)
        """,
        "CREATE INDEX roster_shift_plan ON roster_shift (plan_id, day)",
        "CREATE INDEX roster_shift_account ON roster_shift (account_id, day)",
        "CREATE INDEX roster_shift_compound ON roster_shift (compound_id, day)",
        "CREATE INDEX roster_shift_duty ON roster_shift (duty_id)",
        "CREATE INDEX roster_shift_instead ON roster_shift (instead_id)",
        """
        CREATE TABLE roster_fix (id integer primary key, plan_id bigint NOT NULL REFERENCES roster_plan (id), kind text NOT NULL,
          compound_id bigint REFERENCES compound (id), contact_id bigint REFERENCES account (id), second_id bigint REFERENCES account (id),
          mode text, day text, half text, account_id bigint REFERENCES account (id), task text,
          duty_id bigint REFERENCES roster_duty (id), applied bigint NOT NULL, fixed_by bigint NOT NULL REFERENCES account (id),
          fixed_at bigint NOT NULL, CHECK (kind IN ('team', 'shift')))
        """,
        "CREATE INDEX roster_fix_plan ON roster_fix (plan_id, id)",
        "CREATE INDEX roster_fix_compound ON roster_fix (compound_id)",
        "CREATE INDEX roster_fix_contact ON roster_fix (contact_id)",
        "CREATE INDEX roster_fix_second ON roster_fix (second_id)",
        "CREATE INDEX roster_fix_account ON roster_fix (account_id)",
        "CREATE INDEX roster_fix_duty ON roster_fix (duty_id)",
        "CREATE INDEX roster_fix_fixer ON roster_fix (fixed_by)",
      ]),
    Migration(
      "rosters-002",
      [
        """
        CREATE TABLE roster_help (id integer primary key, account_id bigint NOT NULL REFERENCES account (id),
          squad_id bigint NOT NULL REFERENCES office (id), half_days bigint NOT NULL, noted_by bigint NOT NULL REFERENCES account (id),
          noted_at bigint NOT NULL)
        """,
        "CREATE UNIQUE INDEX roster_help_once ON roster_help (account_id, squad_id)",
        "CREATE INDEX roster_help_squad ON roster_help (squad_id)",
        "CREATE INDEX roster_help_noter ON roster_help (noted_by)",
        // Of who helps: the squad they came from.
        "ALTER TABLE roster_load ADD COLUMN home_id bigint REFERENCES office (id)",
        "CREATE INDEX roster_load_home ON roster_load (home_id)",
      ]),
  ]
}
