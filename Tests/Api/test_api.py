"""The document that the real program serves against what it does: schemathesis makes requests that fit the document and requests that do
not, and looks whether status, content type, headers and body of each answer are as documented. The same seed, so the same requests."""
import hashlib
import importlib.util
import json
import pathlib
import secrets
import sqlite3
import subprocess
import sys
import time
import urllib.request

import pytest

# The program is planted and served as for the browser tests.
_spec = importlib.util.spec_from_file_location("browser_site", pathlib.Path(__file__).resolve().parent.parent / "Browser/conftest.py")
_browser = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_browser)

SEED = "20260924"


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    yield from _browser.serve("demo", tmp_path_factory.mktemp("city"), "--compounds", "7", "--reports", "80")


def token(city, role):
    """A token of somebody of that role who has matters and cases, put into the store: how tokens are issued is tested elsewhere."""
    made = "lt_" + secrets.token_urlsafe(32)
    now = int(time.time() * 1000)
    with sqlite3.connect(city.store / "store.sqlite", timeout=30) as store:
        account = store.execute(
            "SELECT a.id FROM account a JOIN office o ON o.id = a.office_id WHERE a.role = ? AND a.state = 'active'"
            " ORDER BY EXISTS (SELECT 1 FROM case_file c WHERE c.squad_id = o.id OR c.district_id = o.id) DESC,"
            " (SELECT count(*) FROM matter m WHERE m.squad_id = o.id OR m.district_id = o.id) DESC, a.id LIMIT 1",
            (role,),
        ).fetchone()[0]
        store.execute(
            "INSERT INTO api_token (id, account_id, name, token_hash, created_at, expires_at) VALUES (?, ?, 'test', ?, ?, ?)",
            (secrets.randbits(50), account, hashlib.sha256(made.encode()).hexdigest(), now, now + 3_600_000),
        )
    store.close()
    return made


def ask(city, key, path):
    request = urllib.request.Request(city.url + "/api/v1" + path, headers={"Authorization": "Bearer " + key})
    return json.load(urllib.request.urlopen(request, timeout=30))


CONFIG = """
seed = {seed}

[parameters]
"path.no" = {matter}
"path.slug" = "load-bearing-damage"

[[operations]]
include-name = "GET /reports/{{no}}"
[operations.parameters]
"path.no" = {report}

[[operations]]
include-path-regex = "^/cases/"
[operations.parameters]
"path.no" = {case}
"path.n" = "1"

[[operations]]
include-path-regex = "^/cases/.*/papers/"
[operations.parameters]
"path.no" = {case}
"path.id" = {paper}

# What fits the schema may still be wrong in the office: a compound that is not there, a step that is not due.
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 401, 403, 404, 409, 416, 422]
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422]
"""


# Who may do it, so that requests come through to the work: a squad's leader everything but registering and supervising.
@pytest.mark.parametrize(
    "role, paths, examples",
    [("squadLeader", "", 8), ("dispatcher", "^/(reports|items|compounds)", 15), ("districtManager", "supervision|urge", 15)],
)
def test_every_answer_is_as_documented(city, tmp_path, role, paths, examples):
    key = token(city, role)
    numbers = [matter["no"] for matter in ask(city, key, "/matters?group=all&limit=5")["matters"]]
    report = ask(city, key, f"/matters/{numbers[0]}")["reports"][0]["no"]
    cases = [case["no"] for case in ask(city, key, "/cases?group=all")["cases"]] if role != "dispatcher" else ["C20260101-000001"]
    papers = ask(city, key, f"/cases/{cases[0]}/papers")["papers"] if role != "dispatcher" else []
    config = CONFIG.format(
        seed=SEED, matter=json.dumps(numbers[0]), report=json.dumps(report), case=json.dumps(cases[0]), paper=json.dumps(papers[0]["id"] if papers else "1")
    )
    (tmp_path / "schemathesis.toml").write_text(config)
    command = [
        str(pathlib.Path(sys.executable).parent / "schemathesis"), "--config-file", str(tmp_path / "schemathesis.toml"),
        "run", city.url + "/api/v1/openapi.json", "--url", city.url + "/api/v1", "-H", f"Authorization: Bearer {key}",
        "--checks", "all", "--exclude-checks", "use_after_free,ensure_resource_availability,object_level_authorization",
        "--phases", "examples,coverage,fuzzing", "-n", str(examples), "--no-shrink", "--continue-on-failure", "--request-timeout", "20",
        "--suppress-health-check", "all", "--no-color", "--warnings", "off",
    ]
    if paths:
        command += ["--include-path-regex", paths]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=240)
    assert ran.returncode == 0, ran.stdout[-12_000:] + ran.stderr[-2000:]
