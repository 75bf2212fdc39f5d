import Storage

public enum HotSpotsMigrations {
  /// After the patterns'.
  public static let all = [
    Migration(
      "hotspots-001",
      [
        // What the last night has found; written anew as a whole. The area is a district's office, 0 the city.
        """
        CREATE TABLE hot_area (id integer primary key, area bigint NOT NULL, subject text NOT NULL, version text NOT NULL,
          from_day text NOT NULL, through_day text NOT NULL, season_years bigint NOT NULL, reports bigint NOT NULL, places bigint NOT NULL,
          rate double precision NOT NULL, problem text, at bigint NOT NULL)
        """,
        "CREATE UNIQUE INDEX hot_area_subject ON hot_area (area, subject)",
        """
        CREATE TABLE hot_cluster (id integer primary key, hot_area_id bigint NOT NULL REFERENCES hot_area (id), position bigint NOT NULL,
          radius double precision NOT NULL, from_day text NOT NULL, through_day text NOT NULL, observed bigint NOT NULL,
          expected double precision NOT NULL, risk double precision, chance double precision NOT NULL, places bigint NOT NULL)
        """,
        "CREATE UNIQUE INDEX hot_cluster_position ON hot_cluster (hot_area_id, position)",
        """
        CREATE TABLE hot_member (id integer primary key, hot_cluster_id bigint NOT NULL REFERENCES hot_cluster (id),
          compound_id bigint NOT NULL REFERENCES compound (id), squad_id bigint NOT NULL REFERENCES office (id),
          district_id bigint NOT NULL REFERENCES office (id), position bigint NOT NULL, observed bigint NOT NULL,
          expected double precision NOT NULL)
        """,
        "CREATE UNIQUE INDEX hot_member_position ON hot_member (hot_cluster_id, position)",
        "CREATE INDEX hot_member_compound ON hot_member (compound_id)",
        "CREATE INDEX hot_member_squad ON hot_member (squad_id)",
        "CREATE INDEX hot_member_district ON hot_member (district_id)",
        """
        CREATE TABLE hot_rate (id integer primary key, hot_area_id bigint NOT NULL REFERENCES hot_area (id),
          compound_id bigint NOT NULL REFERENCES compound (id), squad_id bigint NOT NULL REFERENCES office (id),
          district_id bigint NOT NULL REFERENCES office (id), position bigint NOT NULL, reports bigint NOT NULL, households bigint,
          raw double precision, shrunk double precision, low double precision, high double precision, above double precision,
          listed bigint NOT NULL, why text NOT NULL, trouble text)
        """,
        "CREATE UNIQUE INDEX hot_rate_position ON hot_rate (hot_area_id, position)",
        "CREATE UNIQUE INDEX hot_rate_compound ON hot_rate (compound_id, hot_area_id)",
        "CREATE INDEX hot_rate_listed ON hot_rate (hot_area_id, listed, position)",
        "CREATE INDEX hot_rate_squad ON hot_rate (squad_id, hot_area_id, position)",
        "CREATE INDEX hot_rate_district ON hot_rate (district_id)",
        "CREATE INDEX hot_rate_trouble ON hot_rate (hot_area_id, trouble, position) WHERE trouble IS NOT NULL",
        // A list of compounds to be looked after, as it was issued. Nothing of it is changed afterwards.
        """
        CREATE TABLE focus_list (id integer primary key, no text NOT NULL, name text NOT NULL, source text NOT NULL,
          office_id bigint NOT NULL REFERENCES office (id), district_id bigint REFERENCES office (id), subject text NOT NULL,
          from_day text NOT NULL, through_day text NOT NULL, reason text NOT NULL, as_of text NOT NULL, version text NOT NULL,
          entries bigint NOT NULL, issued_by bigint NOT NULL REFERENCES account (id), issued_at bigint NOT NULL,
          CHECK (source IN ('ours', 'imported')))
        """,
        "CREATE UNIQUE INDEX focus_list_no ON focus_list (no)",
        "CREATE UNIQUE INDEX focus_list_name ON focus_list (office_id, name)",
        "CREATE INDEX focus_list_district ON focus_list (district_id, id)",
        "CREATE INDEX focus_list_issuer ON focus_list (issued_by)",
        """
        CREATE TABLE focus_entry (id integer primary key, list_id bigint NOT NULL REFERENCES focus_list (id), position bigint NOT NULL,
          compound_id bigint NOT NULL REFERENCES compound (id), given text NOT NULL, reports bigint NOT NULL, households bigint,
          raw double precision, shrunk double precision, low double precision, high double precision, above double precision,
          area_rate double precision, listed bigint NOT NULL, why text NOT NULL)
        """,
        "CREATE UNIQUE INDEX focus_entry_position ON focus_entry (list_id, position)",
        "CREATE UNIQUE INDEX focus_entry_compound ON focus_entry (compound_id, list_id)",
        // Lines of an imported list that stand for no compound of ours, and why they were left out.
        """
        CREATE TABLE focus_left (id integer primary key, list_id bigint NOT NULL REFERENCES focus_list (id), line bigint NOT NULL,
          given text NOT NULL, why text NOT NULL)
        """,
        "CREATE UNIQUE INDEX focus_left_line ON focus_left (list_id, line)",
      ]),
    // An issued list may be taken back; what it said stays as it was.
    Migration(
      "hotspots-002",
      [
        "ALTER TABLE focus_list ADD COLUMN withdrawn_at bigint",
        "ALTER TABLE focus_list ADD COLUMN withdrawn_by bigint REFERENCES account (id)",
        "ALTER TABLE focus_list ADD COLUMN withdrawn_why text",
        "CREATE INDEX focus_list_withdrawer ON focus_list (withdrawn_by)",
      ]),
    // A list that was taken back no longer holds its name: whoever issued it by mistake issues it again as it should be.
    Migration(
      "hotspots-003",
      [
        "DROP INDEX focus_list_name",
        "CREATE UNIQUE INDEX focus_list_name ON focus_list (office_id, name) WHERE withdrawn_at IS NULL",
      ]),
  ]
}
