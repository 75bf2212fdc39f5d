"""Seeded squads, from slack to hard: leave, certificates, skills, nights, holidays, wishes and a manager's changes."""
import datetime
import random

START = datetime.date(2026, 11, 30)


def places_of(r, squads, officers, count, usual, needs_two, skilled):
    """Compounds of these squads, four in five with a contact. `usual`: complaints, on average; the last two are shares."""
    compounds = []
    for i in range(count):
        squad = squads[i % len(squads)]
        compound = dict(
            id=f"C{i + 1}", name=f"小区{i + 1}", squad=squad["id"], latitude=round(squad["latitude"] + r.gauss(0, 0.011), 5), longitude=round(squad["longitude"] + r.gauss(0, 0.012), 5),
            households=r.randint(200, 3000), complaints=int(r.expovariate(1 / usual)), cases=r.choice([0, 0, 0, 1, 1, 2]), satisfaction=round(r.uniform(0.5, 1), 2),
            grade=r.choice("AABBBCD"), needs_two=r.random() < needs_two, skills=["违建"] if r.random() < skilled else [])
        if r.random() < 0.1:
            compound["wanted_mode"] = r.choice(["occasional", "regular", "resident"])
        compounds.append(compound)
    for compound in compounds:
        if r.random() < 0.8:
            r.choice([o for o in officers if o["squad"] == compound["squad"]])["contacts"].append(compound["id"])
    return compounds


def office(seed):
    r = random.Random(seed)
    squads = [dict(id=f"S{i + 1}", name=f"第{i + 1}中队", latitude=round(31.2 + r.uniform(-0.04, 0.04), 5), longitude=round(121.45 + r.uniform(-0.05, 0.05), 5)) for i in range(1 + seed % 2)]
    officers = []
    for i in range(4 * len(squads) + seed % 3):
        squad = squads[i % len(squads)]
        leave = []
        if r.random() < 0.35:
            first = r.randint(0, 24)
            last = min(27, first + r.choice([0, 1, 2, 4, 6]))
            leave = [{"from": str(START + datetime.timedelta(first)), "to": str(START + datetime.timedelta(last))}]
        officer = dict(id=f"P{i + 1}", name=f"队员{i + 1}", squad=squad["id"], skills=["违建"] if i < 2 * len(squads) or r.random() < 0.3 else [], certified=i < 3 * len(squads) or r.random() < 0.8, leave=leave, contacts=[], weekly_hours=r.choice([40, 40, 36]))
        if r.random() < 0.3:
            officer.update(latitude=round(squad["latitude"] + r.gauss(0, 0.008), 5), longitude=round(squad["longitude"] + r.gauss(0, 0.008), 5))
        if len(squads) > 1 and i == 0 and seed % 4 == 1:
            officer["also_squads"] = [squads[1]["id"]]
        officers.append(officer)
    compounds = places_of(r, squads, officers, 9 * len(squads) + seed % 4, usual=3 + seed % 5, needs_two=0.25, skilled=0.15)
    duties = []
    for squad in squads:
        duties.append(dict(id=f"desk-{squad['id']}", name="窗口值班", squad=squad["id"], half=r.choice(["am", "pm"]), officers=1))
        if seed % 5 == 2:
            duties.append(dict(id=f"night-{squad['id']}", name="周末夜班", squad=squad["id"], half="night", days="resting", rest_half_days=1, max_per_officer=3))
    result = dict(start=str(START), weeks=4, squads=squads, officers=officers, compounds=compounds, duties=duties)
    if seed % 3 == 0:
        result["holidays"] = [str(START + datetime.timedelta(r.choice([2, 9, 16])))]
        result["make_up_days"] = [str(START + datetime.timedelta(5))]
    if seed % 3 == 1:
        compound = compounds[0]
        able = [o for o in officers if o["squad"] == compound["squad"] and o["certified"] and not o["leave"]]
        day = START + datetime.timedelta(8)
        result["fixed"] = dict(
            teams=[dict(compound=compounds[1]["id"], mode="regular")],
            rows=[dict(date=str(day), half="am", officer=able[0]["id"], task="visit", compound=compound["id"])] if able else [])
        if able:
            result["fixed"]["teams"].append(dict(compound=compound["id"], mode="regular"))
            result["levels"] = [dict(mode="occasional", half_days=1, per="period"), dict(mode="regular", half_days=1, per="week"), dict(mode="regular", half_days=2, per="week"), dict(mode="resident", half_days=5, per="week")]
    if seed % 6 == 4:
        result["rules"] = dict(lowest_modes={"D": "regular"}, compound_share=0.5)
    return result


def large(seed, squads=1, people=20, places=60, hard=False):
    """Of the size that a roster must be ready in time for: a squad of 20 officers and 60 compounds, or twelve of them with 300 and 800.
    Hard: two on duty every night with a free day after it, and two desks. `measure.py` measures on them."""
    r = random.Random(seed)
    S = [dict(id=f"S{i + 1}", name=f"第{i + 1}中队", latitude=round(31.2 + r.uniform(-0.05, 0.05), 5), longitude=round(121.45 + r.uniform(-0.06, 0.06), 5)) for i in range(squads)]
    officers, duties = [], []
    for i in range(people):
        squad = S[i % squads]
        leave = []
        if r.random() < 0.3:
            first = r.randint(0, 24)
            leave = [{"from": str(START + datetime.timedelta(first)), "to": str(START + datetime.timedelta(min(27, first + r.choice([0, 1, 2, 4, 6, 13]))))}]
        officer = dict(id=f"P{i + 1}", name=f"队员{i + 1}", squad=squad["id"], skills=["违建"] if i < 3 * squads or r.random() < 0.2 else [], certified=i < 6 * squads or r.random() < 0.75, leave=leave, contacts=[], weekly_hours=r.choice([40, 40, 40, 36]))
        if r.random() < 0.3:
            officer.update(latitude=round(squad["latitude"] + r.gauss(0, 0.01), 5), longitude=round(squad["longitude"] + r.gauss(0, 0.01), 5))
        officers.append(officer)
    compounds = places_of(r, S, officers, places, usual=4 + seed % 4, needs_two=0.2, skilled=0.1)
    for squad in S:
        if hard:
            duties.append(dict(id=f"night-{squad['id']}", name="夜班", squad=squad["id"], half="night", days="all", officers=2, rest_half_days=2, max_per_officer=5))
            duties += [dict(id=f"desk-{half}-{squad['id']}", name=f"窗口{half}", squad=squad["id"], half=half) for half in ("am", "pm")]
        else:
            duties.append(dict(id=f"desk-{squad['id']}", name="窗口值班", squad=squad["id"], half="am"))
            duties.append(dict(id=f"night-{squad['id']}", name="周末夜班", squad=squad["id"], half="night", days="resting", rest_half_days=1, max_per_officer=3))
    return dict(start=str(START), weeks=4, squads=S, officers=officers, compounds=compounds, duties=duties)
