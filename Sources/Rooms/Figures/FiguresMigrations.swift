import Storage

public enum FiguresMigrations {
  /// After the cases'.
  public static let all = [
    Migration(
      "figures-001",
      [
        // Counts of the reports that came in a month, by squad and by one facet at a time; zero stands for nobody.
        """
        CREATE TABLE tally (id integer primary key, month bigint NOT NULL, squad_id bigint NOT NULL, district_id bigint NOT NULL,
          facet text NOT NULL, key text NOT NULL, counts text NOT NULL)
        """,
        "CREATE UNIQUE INDEX tally_key ON tally (facet, month, squad_id, district_id, key)",
        "CREATE INDEX tally_squad ON tally (squad_id, facet, month)",
        "CREATE INDEX tally_district ON tally (district_id, facet, month)",
        """
        CREATE TABLE population (id integer primary key, area text NOT NULL, people bigint NOT NULL, as_of text NOT NULL, source text NOT NULL,
          at bigint NOT NULL, account_id bigint NOT NULL REFERENCES account (id), CHECK (people > 0))
        """,
        "CREATE UNIQUE INDEX population_area ON population (area, as_of)",
        "CREATE INDEX population_account ON population (account_id)",
      ]),
    Migration(
      "figures-002",
      [
        // Sums of tally by district and for the city, made by the same round.
        """
        CREATE TABLE tally_sum (id integer primary key, month bigint NOT NULL, level text NOT NULL, district_id bigint NOT NULL,
          facet text NOT NULL, key text NOT NULL, counts text NOT NULL, CHECK (level IN ('district', 'city')))
        """,
        "CREATE UNIQUE INDEX tally_sum_key ON tally_sum (level, district_id, facet, month, key)",
        "CREATE INDEX tally_sum_month ON tally_sum (level, facet, month)",
        // Complaints of each compound that has any, a squad's month in one row: "compound count compound count …".
        """
        CREATE TABLE tally_place (id integer primary key, month bigint NOT NULL, squad_id bigint NOT NULL, district_id bigint NOT NULL,
          complaints text NOT NULL)
        """,
        "CREATE UNIQUE INDEX tally_place_key ON tally_place (month, squad_id, district_id)",
        "CREATE INDEX tally_place_squad ON tally_place (squad_id, month)",
        "CREATE INDEX tally_place_district ON tally_place (district_id, month)",
        // One compound's counts, and those of the few with the most complaints.
        "CREATE INDEX tally_compound ON tally (facet, key, month)",
      ]),
  ]
}
