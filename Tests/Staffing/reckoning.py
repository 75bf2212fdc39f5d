"""The model of docs/staffing.md once more, written from the document and sharing nothing with the program: what follows from an instance,
a checker of plans, and the weekly model for CP-SAT."""
import datetime
import math
from collections import defaultdict

LEVELS = [("occasional", 1, "period"), ("regular", 2, "period"), ("regular", 1, "week"), ("regular", 2, "week"), ("resident", 5, "week")]
RANK = {"occasional": 0, "regular": 1, "resident": 2}


def points(value):
    return math.floor(value + 0.5)


def date(text):
    return datetime.date.fromisoformat(text)


class Ground:
    def __init__(self, instance):
        self.i = instance
        self.W = instance.get("weeks", 4)
        start = date(instance["start"])
        off = {date(d) for d in instance.get("holidays", [])}
        made = {date(d) for d in instance.get("make_up_days", [])}
        self.days = [start + datetime.timedelta(n) for n in range(7 * self.W)]
        self.week = {d: n // 7 for n, d in enumerate(self.days)}
        self.working = [d for d in self.days if d in made or (d.weekday() < 5 and d not in off)]
        self.slots = [(d, h) for d in self.working for h in ("am", "pm")]
        self.weekdays = [sum(self.week[d] == w for d in self.working) for w in range(self.W)]
        rules = instance.get("rules", {})
        self.hours = rules.get("half_day_hours", 4)
        self.share = rules.get("compound_share", 0.6)
        self.lowest = rules.get("lowest_modes", {})
        self.band = rules.get("fair_band", 10)
        w = instance.get("weights", {})
        self.w = dict(unmet_hour=100, urgency={"C": 1.2, "D": 1.5}, surplus_hour=5, kilometre=10, contact_change=300, stand_in_half_day=60, unfair_half_day=80, wish_not_met=150) | w
        self.d = dict(complaint=0.3, case_under_way=0.8, thousand_households=0.4, dissatisfaction=1, grades={"A": 0.8, "B": 1, "C": 1.3, "D": 1.6}, most=30) | instance.get("demand_weights", {})
        self.O = {o["id"]: o for o in instance["officers"]}
        self.C = {c["id"]: c for c in instance["compounds"]}
        self.S = {s["id"]: s for s in instance["squads"]}
        self.D = {d["id"]: d for d in instance.get("duties", [])}
        self.fixed = instance.get("fixed", {})
        self.rows = self.fixed.get("rows", [])
        self.teams = {t["compound"]: t for t in self.fixed.get("teams", [])}
        self.lay_patterns()
        self.lay_people()
        self.lay_duties()
        self.known = {c: {o for o in self.O if c in self.O[o].get("contacts", [])} for c in self.C}

    def lay_patterns(self):
        levels = [(level["mode"], level["half_days"], level["per"]) for level in self.i["levels"]] if "levels" in self.i else LEVELS
        self.patterns = []  # (mode, visits of each week)
        for mode, n, per in levels:
            if per == "week":
                self.patterns.append((mode, tuple(0 if d == 0 else max(1, min(d, (2 * n * d + 5) // 10)) for d in self.weekdays)))
            else:
                open_weeks = [w for w in range(self.W) if self.weekdays[w]]
                seen = []
                for shift in range(len(open_weeks)):
                    visits = [0] * self.W
                    for turn in range(n):
                        visits[open_weeks[(shift + turn * len(open_weeks) // n) % len(open_weeks)]] += 1
                    if all(v <= d for v, d in zip(visits, self.weekdays)) and tuple(visits) not in seen:
                        seen.append(tuple(visits))
                self.patterns += [(mode, v) for v in seen]

    def on_leave(self, o, day):
        return any(date(a["from"]) <= day <= date(a["to"]) for a in self.O[o].get("leave", []))

    def lay_people(self):
        self.free, self.budget, self.present = {}, {}, {}
        for o, officer in self.O.items():
            told = {(date(r["date"]), r["half"]) for r in self.rows if r["officer"] == o and r["task"] == "off"}
            self.free[o] = {s for s in self.slots if not self.on_leave(o, s[0]) and s not in told}
            halves = [sum(self.week[s[0]] == w for s in self.free[o]) for w in range(self.W)]
            pinned = [sum(self.week[date(r["date"])] == w and (date(r["date"]), r["half"]) in self.slots for r in self.rows if r["officer"] == o and r["task"] != "off") for w in range(self.W)]
            rate = officer.get("weekly_hours", 40) * self.share / self.hours / 10
            self.budget[o] = [max(min(h, int(rate * h + 1e-9)), min(p, h)) for h, p in zip(halves, pinned)]
            self.present[o] = [len({s[0] for s in self.free[o] if self.week[s[0]] == w}) for w in range(self.W)]
        self.reach = {o: {officer["squad"], *officer.get("also_squads", [])} for o, officer in self.O.items()}

    def lay_duties(self):
        self.occurrences = []  # (duty, day, slot or None, rest)
        for k, duty in self.D.items():
            for day in self.days:
                works = day in self.working
                wanted = duty.get("days", "working")
                if wanted != "all" and (wanted == "working") != works:
                    continue
                own = (day, duty["half"]) if works and duty["half"] != "night" else None
                rest = [s for s in self.slots if s[0] > day][: duty.get("rest_half_days", 0)]
                self.occurrences.append((k, day, own, rest))

    def takes(self, occurrence, w):
        _, _, own, rest = occurrence
        return sum(self.week[s[0]] == w for s in rest + ([own] if own else []))

    def weight(self, k):
        return self.D[k].get("load_half_days", 2 if self.D[k]["half"] == "night" else 1)

    def can_do(self, o, occurrence):
        k, day, own, _ = occurrence
        duty = self.D[k]
        if self.O[o]["squad"] != duty["squad"] or ("skill" in duty and duty["skill"] not in self.O[o].get("skills", [])):
            return False
        if own:
            return own in self.free[o]
        return not self.on_leave(o, day)

    def available(self, o):
        return sum(self.budget[o])

    def demand(self, c):
        c = self.C[c]
        if "demand_hours" in c:
            return c["demand_hours"] * self.W
        hours = c.get("complaints", 0) * self.d["complaint"] + c.get("cases", 0) * self.d["case_under_way"] + c.get("households", 0) / 1000 * self.d["thousand_households"]
        hours *= (1 + self.d["dissatisfaction"] * (1 - c.get("satisfaction", 1))) * self.d["grades"].get(c.get("grade", ""), 1)
        return min(self.d["most"], hours) * self.W

    def way(self, c, o):
        c, officer = self.C[c], self.O[o]
        home = officer if "latitude" in officer else self.S[officer["squad"]]
        north = (home["latitude"] - c["latitude"]) * 111195
        east = (home["longitude"] - c["longitude"]) * 111195 * math.cos((home["latitude"] + c["latitude"]) / 2 * math.pi / 180)
        return points(self.w["kilometre"] * 2 * math.floor(math.sqrt(north * north + east * east) + 0.5) / 1000)

    def level_cost(self, c, pattern):
        mode, visits = self.patterns[pattern]
        wanted, served = self.demand(c), sum(visits) * self.hours
        missing = max(0, wanted - served)
        unmet = points(self.w["unmet_hour"] * self.w["urgency"].get(self.C[c].get("grade", ""), 1) * missing * missing / wanted) if missing > 0 else 0
        wish = self.C[c].get("wanted_mode")
        return unmet + points(self.w["surplus_hour"] * max(0, served - wanted)) + (points(self.w["wish_not_met"]) if wish and wish != mode else 0)

    def change_cost(self, c, o):
        return points(self.w["contact_change"]) if self.known[c] and o not in self.known[c] else 0

    def may_contact(self, c, o):
        team = self.teams.get(c, {})
        return (self.C[c]["squad"] in self.reach[o] and self.available(o) > 0 and set(self.C[c].get("skills", [])) <= set(self.O[o].get("skills", []))
                and (not self.C[c].get("needs_two") or self.O[o].get("certified", True)) and team.get("contact") in (None, o) and team.get("second") != o)

    def may_second(self, c, o):
        team = self.teams.get(c, {})
        return (self.C[c]["squad"] in self.reach[o] and self.available(o) > 0 and self.O[o].get("certified", True) and team.get("second") in (None, o) and team.get("contact") != o)

    def may_pattern(self, c, p):
        mode, visits = self.patterns[p]
        ordered = self.teams.get(c, {}).get("mode") or self.C[c].get("forced_mode")
        if ordered:
            if mode != ordered:
                return False
        elif RANK[mode] < RANK[self.lowest.get(self.C[c].get("grade", ""), "occasional")]:
            return False
        pins = {(date(r["date"]), r["half"]) for r in self.rows if r["task"] == "visit" and r["compound"] == c}
        return all(sum(self.week[d] == w for d, _ in pins) <= visits[w] for w in range(self.W))

    def unfair(self, loads):
        total = 0
        for s in self.S:
            people = [o for o in self.O if self.O[o]["squad"] == s and self.available(o) > 0]
            if len(people) < 2:
                continue
            a, l = sum(self.available(o) for o in people), sum(loads[o] for o in people)
            for o in people:
                distance = abs(100 * loads[o] * a - 100 * self.available(o) * l)
                fair = self.band * self.available(o) * a
                if distance > fair:
                    total += -((fair - distance) // (100 * a))
        return total * points(self.w["unfair_half_day"])


def check(instance, plan):
    """Every rule, on the roster itself; and the objective from the roster. Returns what is wrong."""
    g = Ground(instance)
    wrong = []
    say = lambda condition, text: None if condition else wrong.append(text)
    team = {c["compound"]: c for c in plan["compounds"]}
    say(set(team) == set(g.C), "not every compound has a mode")
    busy = defaultdict(list)
    loads = defaultdict(int)
    made = defaultdict(lambda: defaultdict(list))  # compound -> (day, half) -> officers
    served = defaultdict(list)
    stand_ins = 0
    for row in plan["roster"]:
        day, o = date(row["date"]), row["officer"]
        slot = (day, row["half"])
        busy[o].append((slot, row["task"]))
        if row["task"] == "visit":
            say(slot in g.free[o], f"{o} is not there on {slot}")
            say(g.C[row["compound"]]["squad"] in g.reach[o], f"{o} does not serve the squad of {row['compound']}")
            made[row["compound"]][slot].append(o)
            loads[o] += 1
            c = team[row["compound"]]
            if o not in (c["contact"], c.get("second")):
                stand_ins += 1
                say(row["role"] == "stand_in", f"{o} at {row['compound']} is a stand-in")
        elif row["task"] == "duty":
            found = [x for x in g.occurrences if x[0] == row["duty"] and x[1] == day]
            say(len(found) == 1 and g.can_do(o, found[0]), f"{o} cannot do {row['duty']} on {day}")
            served[row["duty"], day].append(o)
            loads[o] += g.weight(row["duty"])
    for o, list_ in busy.items():
        work = [s for s, task in list_ if task != "rest"]
        say(len(work) == len(set(work)), f"{o} is in two places")
        rest = {s for k, d, own, r in g.occurrences if o in served[k, d] for s in r}
        say(not rest & set(work), f"{o} works instead of resting")
        for w in range(g.W):
            used = sum(g.week[s[0]] == w for s, task in list_ if task == "visit") + sum(g.takes(x, w) for x in g.occurrences if o in served[x[0], x[1]])
            say(used <= g.budget[o][w], f"{o} has {used} half-days of {g.budget[o][w]} in week {w}")
    for k, d, _, _ in g.occurrences:
        say(len(set(served[k, d])) == g.D[k].get("officers", 1) == len(served[k, d]), f"{k} on {d} has {served[k, d]}")
    for k, duty in g.D.items():
        for o in g.O:
            say(sum(o in served[k, d] for k2, d, _, _ in g.occurrences if k2 == k) <= duty.get("max_per_officer", 10**6), f"{o} does {k} too often")
    objective = 0
    for c, t in team.items():
        visits = made[c]
        counts = tuple(sum(g.week[s[0]] == w for s in visits) for w in range(g.W))
        fitting = [p for p, (mode, v) in enumerate(g.patterns) if mode == t["mode"] and v == counts]
        say(fitting and g.may_pattern(c, fitting[0]), f"{c} is visited {counts} as {t['mode']}")
        say(len({s[0] for s in visits}) == len(visits), f"{c} is visited twice on a day")
        two = g.C[c].get("needs_two", False)
        for s, people in visits.items():
            say(len(set(people)) == len(people) == (2 if two else 1), f"{c} on {s} has {people}")
            say(not two or all(g.O[o].get("certified", True) for o in people), f"{c} on {s}: no certificate")
        say(g.may_contact(c, t["contact"]), f"{t['contact']} may not be the contact of {c}")
        say(bool(t.get("second")) == two and (not two or g.may_second(c, t["second"])), f"{t.get('second')} may not be the second of {c}")
        say(t.get("second") != t["contact"], f"{c} has one person twice")
        if fitting:
            objective += g.level_cost(c, fitting[0]) + g.change_cost(c, t["contact"])
            objective += sum(counts) * (g.way(c, t["contact"]) + (g.way(c, t["second"]) if two else 0))
    objective += stand_ins * points(g.w["stand_in_half_day"]) + g.unfair({o: loads[o] for o in g.O})
    say(objective == plan["objective"], f"the objective is {objective}, not {plan['objective']}")
    for r in g.rows:
        day = date(r["date"])
        if r["task"] == "visit":
            say(r["officer"] in made[r["compound"]][day, r["half"]], f"the fixed {r} is not there")
        elif r["task"] == "duty":
            say(r["officer"] in served[r["duty"], day], f"the fixed {r} is not there")
    return wrong


def cp_sat(instance, seconds):
    """The weekly model, exactly; (best objective, proven bound)."""
    from ortools.sat.python import cp_model

    g = Ground(instance)
    m = cp_model.CpModel()
    W = range(g.W)
    cost = []
    visits = {(o, w): [] for o in g.O for w in W}
    over = {(o, w): [] for o in g.O for w in W}
    is_team = defaultdict(list)
    # Crossing officers make one part of their squads; without them each squad stands in for itself.
    part = {s: s for s in g.S}
    for reach in g.reach.values():
        joined = {part[s] for s in reach}
        for s in part:
            if part[s] in joined:
                part[s] = min(joined)
    for c in g.C:
        ps = [p for p in range(len(g.patterns)) if g.may_pattern(c, p)]
        x = {(o, p): m.new_bool_var("") for o in g.O if g.may_contact(c, o) for p in ps}
        z = {(o, p): m.new_bool_var("") for o in g.O if g.may_second(c, o) for p in ps} if g.C[c].get("needs_two") else {}
        m.add_exactly_one(x.values())
        for p in ps if z else []:
            m.add(sum(v for (o, q), v in x.items() if q == p) == sum(v for (o, q), v in z.items() if q == p))
        for o in g.O if z else []:
            m.add_at_most_one([v for (q, p), v in [*x.items(), *z.items()] if q == o])
        for (o, p), v in [*x.items(), *z.items()]:
            is_team[c, o].append(v)
            counts = g.patterns[p][1]
            for w in W:
                if counts[w]:
                    visits[o, w].append(counts[w] * v)
                    over[o, w].append(max(0, counts[w] - g.present[o][w]) * v)
            cost.append(sum(counts) * g.way(c, o) * v)
        for (o, p), v in x.items():
            cost.append((g.level_cost(c, p) + g.change_cost(c, o)) * v)
    given = {(o, w): m.new_int_var(0, 100, "") for o in g.O for w in W}
    stand = {(o, w): m.new_int_var(0, g.budget[o][w], "") for o in g.O for w in W}
    groups = defaultdict(list)
    for x in g.occurrences:
        groups[x[0], g.week[x[1]], tuple(g.takes(x, w) for w in W)].append(x)
    does = {}
    for key, members in groups.items():
        for o in g.O:
            most = sum(g.can_do(o, x) for x in members)
            if most:
                least = sum(r["task"] == "duty" and r["officer"] == o and any(x[0] == r["duty"] and x[1] == date(r["date"]) for x in members) for r in g.rows)
                does[key, o] = m.new_int_var(least, most, "")
        m.add(sum(does[key, o] for o in g.O if (key, o) in does) == len(members) * g.D[key[0]].get("officers", 1))
    for k, duty in g.D.items():
        if "max_per_officer" in duty:
            for o in g.O:
                m.add(sum(v for (key, q), v in does.items() if key[0] == k and q == o) <= duty["max_per_officer"])
    load = {}
    for o in g.O:
        for w in W:
            v = sum(visits[o, w])
            m.add(v + stand[o, w] - given[o, w] + sum(key[2][w] * q for (key, p), q in does.items() if p == o) <= g.budget[o][w])
            m.add(given[o, w] <= v)
            m.add(given[o, w] >= sum(over[o, w]))
            pins = defaultdict(int)
            for r in g.rows:
                if r["task"] == "visit" and r["officer"] == o and g.week[date(r["date"])] == w:
                    pins[r["compound"]] += 1
            if pins:
                # Another than the contact goes in the contact's place.
                for c, n in pins.items():
                    for q in g.O if not g.C[c].get("needs_two") else []:
                        if q != o:
                            m.add(given[q, w] >= n * sum(is_team[c, q]))
                m.add(stand[o, w] + sum(n * sum(is_team[c, o]) for c, n in pins.items()) >= sum(pins.values()))
        load[o] = m.new_int_var(0, 1000, "")
        m.add(load[o] == sum(sum(visits[o, w]) + stand[o, w] - given[o, w] for w in W) + sum(g.weight(key[0]) * q for (key, p), q in does.items() if p == o))
        cost += [points(g.w["stand_in_half_day"]) * stand[o, w] for w in W]
    for p in set(part.values()):
        for w in W:
            m.add(sum(given[o, w] - stand[o, w] for o in g.O if part[g.O[o]["squad"]] == p) == 0)
    for s in g.S:
        people = [o for o in g.O if g.O[o]["squad"] == s and g.available(o) > 0]
        if len(people) < 2:
            continue
        a = sum(g.available(o) for o in people)
        for o in people:
            out = m.new_int_var(0, 1000, "")
            for sign in (1, -1):
                m.add(100 * a * out >= sign * (100 * a * load[o] - 100 * g.available(o) * sum(load[q] for q in people)) - g.band * g.available(o) * a)
            cost.append(points(g.w["unfair_half_day"]) * out)
    m.minimize(sum(cost))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 2
    solver.parameters.relative_gap_limit = 0.001
    # On a busy machine a few seconds may be no time at all: neither a plan nor a proof is no answer.
    status = cp_model.UNKNOWN
    while status == cp_model.UNKNOWN and seconds <= 128:
        solver.parameters.max_time_in_seconds = seconds
        status = solver.solve(m)
        seconds *= 4
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, solver.best_objective_bound
    return solver.objective_value, solver.best_objective_bound
