"""Browser tests: the real program, a real browser, a phone's screen.

`office` is an empty real store, `city` the pilot city (each planted once, in a folder of its own); both serve on a free port.
`phone` and `desk` are pages that fail their test when a script fails, when the browser refuses something by policy, or when anything
outside of this machine is asked for.
"""
import os
import pathlib
import re
import shutil
import socket
import subprocess
import time
import urllib.request

import pytest
from playwright.sync_api import sync_playwright

# Of every account of a pilot city.
PASSWORD = "nongtang-yanshi"
ROOT = pathlib.Path(__file__).resolve().parents[2]


def program():
    named = os.environ.get("LONGTANG_PROGRAM")
    if named:
        return named
    folder = subprocess.run(["swift", "build", "--show-bin-path"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    return str(pathlib.Path(folder) / "longtang")


class Site:
    """A copy of the program at work."""

    def __init__(self, store, url, said):
        self.store = store
        self.url = url
        # What planting printed: log-ins, passwords, addresses.
        self.said = said
        # Of a pilot city: the public numbers of compounds, with their names.
        self.compounds = re.findall(r"^  ([0-9A-Z]{8})  ", said, re.MULTILINE)

    def compound_of(self, word):
        """The number of a compound whose name has the word, else of any."""
        found = re.findall(rf"^  ([0-9A-Z]{{8}})  .*{word}", self.said, re.MULTILINE)
        return (found or self.compounds)[0]


def environment(port):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LONGTANG_")}
    return kept | {"LONGTANG_LISTEN_PORT": str(port), "LONGTANG_LIMITS_RATE": "off", "LONGTANG_LOG_LEVEL": "warning"}


def serve(plant, folder, *more, more_environment=None):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    store = folder / "store"
    binary = program()
    made = subprocess.run(
        [binary, plant, "--data", str(store), *more], cwd=ROOT, env=environment(port) | (more_environment or {}), capture_output=True, text=True, timeout=600
    )
    assert made.returncode == 0, made.stdout + made.stderr
    with open(folder / "serve.log", "w") as log:
        server = subprocess.Popen([binary, "serve", "--data", str(store)], cwd=ROOT, env=environment(port) | (more_environment or {}), stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(150):
            assert server.poll() is None, (folder / "serve.log").read_text()
            try:
                urllib.request.urlopen(url + "/health", timeout=2).read()
                break
            except OSError:
                time.sleep(0.1)
        yield Site(store, url, made.stdout)
    finally:
        server.terminate()
        server.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def office(tmp_path_factory):
    yield from serve("init", tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="session")
def city(tmp_path_factory):
    yield from serve("demo", tmp_path_factory.mktemp("city"), "--compounds", "7", "--reports", "80")


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
        )
        launched.phone = playwright.devices["Pixel 7"]
        yield launched
        launched.close()


def page(browser, **more):
    context = browser.new_context(
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        geolocation={"latitude": 31.1895, "longitude": 121.2716},
        permissions=["geolocation"],
        **more,
    )
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    wrong = []
    opened.on("pageerror", lambda error: wrong.append(f"script: {error}"))
    # A page that answers 4xx is reported as a console error too, but is often what a test wants to see.
    opened.on(
        "console",
        lambda message: wrong.append(message.text) if message.type == "error" and "Failed to load resource" not in message.text else None,
    )
    opened.on("request", lambda request: wrong.append(request.url) if not re.match(r"http://127\.0\.0\.1:|data:|blob:", request.url) else None)
    yield opened
    context.close()
    assert not wrong, wrong


@pytest.fixture
def phone(browser):
    yield from page(browser, **browser.phone)


@pytest.fixture
def desk(browser):
    yield from page(browser, viewport={"width": 1366, "height": 768})


def press(button):
    """A click that leads to a page. On a busy machine a form is sent some time after the click is over: what is looked at then is the old page."""
    with button.page.expect_navigation():
        button.click()


def sign_in(page, site, login, password):
    page.goto(site.url + "/sign-in")
    page.get_by_label("账号").fill(login)
    page.get_by_label("密码").fill(password)
    press(page.get_by_role("button", name="登录"))
