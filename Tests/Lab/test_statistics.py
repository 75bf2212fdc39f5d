"""What `longtang lab` reckons against statsmodels and numpy on the same files."""
import csv
import functools
import math
import os
import pathlib
import subprocess

import numpy as np
import pytest
import statsmodels.api as sm

ROOT = pathlib.Path(__file__).resolve().parents[2]


@functools.cache
def program():
    named = os.environ.get("LONGTANG_PROGRAM")
    if named:
        return named
    folder = subprocess.run(["swift", "build", "--show-bin-path"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()
    return folder + "/longtang"


def lab(*arguments, fails=False):
    done = subprocess.run([program(), "lab", *map(str, arguments)], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stdout + done.stderr


def rows(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write(path, header, lines, encoding="utf-8"):
    with open(path, "w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([header, *lines])


@pytest.fixture(scope="module")
def panel(tmp_path_factory):
    """Sixty compounds over twenty months; the first fifteen were treated after twelve."""
    random = np.random.default_rng(20260101)
    lines = []
    for n in range(60):
        households, level = int(random.integers(300, 2000)), random.uniform(0.004, 0.012)
        for t in range(20):
            mean = households * level * (1 + 0.3 * math.sin(t)) * (0.6 if n < 15 and t >= 12 else 1)
            lines.append([f"小区{n}", households, int(n < 15), f"{2024 + t // 12}-{t % 12 + 1:02}", int(random.poisson(mean))])
    path = tmp_path_factory.mktemp("panel") / "panel.csv"
    write(path, ["place", "households", "treated", "period", "count"], lines)
    return path


def reference(panel, weights):
    """The same by statsmodels: ordinary or weighted least squares, errors clustered by compound, Student's t."""
    data = [r for r in rows(panel) if weights[r["place"]] > 0]
    treated = np.array([int(r["treated"]) for r in data], float)
    after = np.array([r["period"] >= "2025-01" for r in data], float)
    rate = np.array([1000 * int(r["count"]) / int(r["households"]) for r in data])
    places = sorted({r["place"] for r in data})
    groups = np.array([places.index(r["place"]) for r in data])
    design = np.column_stack([np.ones(len(data)), treated, after, treated * after])
    model = sm.WLS(rate, design, weights=[weights[r["place"]] for r in data])
    return model.fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)


@pytest.mark.parametrize("arguments", [["--neighbours", 0, "--equal"], ["--neighbours", 0], ["--equal"], [], ["--neighbours", 2, "--caliper", 1]])
def test_difference_in_differences_is_that_of_statsmodels(panel, tmp_path, arguments):
    out, weighed = tmp_path / "out.csv", tmp_path / "weights.csv"
    said = lab("did", "--input", panel, "--from", "2025-01", "--out", out, "--weights", weighed, "--placebos", 19, *arguments)
    assert "每千户每月" in said
    weights = {r["place"]: float(r["weight"]) for r in rows(weighed)}
    fit = reference(panel, weights)
    change = next(r for r in rows(out) if r["estimate"] == "change")
    low, high = fit.conf_int()[3]
    for name, wanted in [("value", fit.params[3]), ("error", fit.bse[3]), ("low", low), ("high", high), ("p", fit.pvalues[3])]:
        assert float(change[name]) == pytest.approx(wanted, rel=1e-6, abs=1e-12), name
    if "--neighbours" in arguments and arguments[1] == 0:
        households = {r["place"]: float(r["households"]) for r in rows(panel)}
        assert weights == ({place: 1.0 for place in households} if "--equal" in arguments else households)


def test_a_panel_that_cannot_be_read_is_refused_by_row(tmp_path):
    path = tmp_path / "panel.csv"
    write(path, ["小区", "户数", "治理", "时段", "诉件数"], [["甲", 100, "是", "2025-01", 3], ["乙", "很多", "否", "2025-01", 3], ["丙", 100, "否", "一月", -1]])
    said = lab("did", "--input", path, "--from", "2025-02", "--out", tmp_path / "out.csv", fails=True)
    assert "第 3 行" in said and "第 4 行" in said and "第 2 行" not in said
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_hotspots_finds_what_was_put_there(tmp_path, encoding):
    """A small city, a corner of it with three times the complaints in the last three weeks; ratio and risk reckoned here from the places named."""
    random = np.random.default_rng(7)
    lines, counts, expected, total = [], {}, {}, 0
    weeks = [f"2025-W{w:02}" for w in range(45, 53)] + ["2026-W01", "2026-W02", "2026-W03", "2026-W04"]
    homes = {}
    for n in range(40):
        lon, lat, homes[n] = 121.40 + 0.01 * (n % 8) + random.uniform(0, 0.004), 31.20 + 0.01 * (n // 8), int(random.integers(200, 1500))
        for t, week in enumerate(weeks):
            hot = n % 8 < 2 and n // 8 < 2 and t >= 9
            counts[n, week] = int(random.poisson(homes[n] * 0.002 * (4 if hot else 1)))
            if counts[n, week] or t == 0:
                lines.append([f"小区{n}", f"{lon:.5f}", f"{lat:.5f}", homes[n], week, counts[n, week]])
    path, out = tmp_path / "counts.csv", tmp_path / "clusters.csv"
    write(path, ["小区", "经度", "纬度", "户数", "时段", "诉件数"], lines, encoding)
    said = lab("hotspots", "--input", path, "--out", out, "--replications", 99)
    total = sum(counts.values())
    assert f"诉件 {total} 件" in said and "用时" in said
    first = rows(out)[0]
    places = [int(name[2:]) for name in first["places"].split("；")]
    assert set(places) >= {0, 1, 8, 9} and len(places) <= 6
    assert (first["from"], first["to"], first["p"]) == ("2026-W02", "2026-W04", "0.010000")
    span = weeks[weeks.index(first["from"]):]
    c = sum(counts[n, week] for n in places for week in span)
    mu = total * sum(homes[n] for n in places) / sum(homes.values()) * len(span) / len(weeks)
    assert int(first["observed"]) == c
    assert float(first["expected"]) == pytest.approx(mu, abs=1e-4)
    assert float(first["llr"]) == pytest.approx(c * math.log(c / mu) + (total - c) * math.log((total - c) / (total - mu)), abs=1e-6)
    assert float(first["relative_risk"]) == pytest.approx(c / mu / ((total - c) / (total - mu)), abs=1e-4)
    assert "周围" in first["why"] and "几乎不可能是巧合" in first["why"]


def test_counts_that_cannot_be_read_are_refused_by_row(tmp_path):
    path = tmp_path / "counts.csv"
    header = ["place", "lon", "lat", "population", "period", "count"]
    write(path, header, [
        ["甲", 121.4, 31.2, 100, "2026-W01", 3], ["甲", 121.5, 31.2, 100, "2026-W02", 3], ["乙", 31.2, 121.4, 100, "2026-W02", 3],
        ["丙", 121.4, 31.2, 100, "2026-02", 3], ["丁", 121.4, 31.2, 100, "2026-W54", 3], ["戊", 121.4, 31.2, -3, "2026-W02", 3],
        ["己", 121.4, 31.2, 3, "2026-W02", 1.5], ["庚", 121.4, 31.2, 3, "", 2], ["辛", 121.4, 31.2, 3, "", 0], ["", 121.4, 31.2, 3, "", 0]])
    said = lab("hotspots", "--input", path, "--out", tmp_path / "out.csv", fails=True)
    for line in [3, 4, 5, 6, 7, 8, 9, 11]:
        assert f"第 {line} 行" in said
    assert "第 2 行" not in said and "第 10 行" not in said
    write(path, header[:-1], [["甲", 121.4, 31.2, 100, "2026-W01"]])
    assert "缺少 count" in lab("hotspots", "--input", path, "--out", tmp_path / "out.csv", fails=True)


def test_a_place_without_coordinates_is_told(tmp_path):
    path = tmp_path / "counts.csv"
    lines = [[f"小区{n}", 121.4 + n / 100, 31.2, 500, f"2026-{m:02}", 1 + (n * m) % 3] for n in range(8) for m in range(1, 7)]
    lines += [["无坐标", "", "", 500, "2026-03", 4], ["在广州", 113.3, 23.1, 500, "2026-03", 5], ["无户数", 121.4, 31.3, "", "2026-03", 6]]
    write(path, ["place", "lon", "lat", "population", "period", "count"], lines)
    said = lab("hotspots", "--input", path, "--out", tmp_path / "out.csv", "--replications", 9, "--ever")
    for name, cases in [("无坐标", 4), ("在广州", 5), ("无户数", 6)]:
        assert f"“{name}”" in said and f"诉件 {cases} 件" in said
    assert "nan" not in (tmp_path / "out.csv").read_text().lower()
