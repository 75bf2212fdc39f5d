"""Every page that somebody finds by following links, once for each kind of page."""
import collections
import re

import pytest
from checks import faults, reach
from conftest import PASSWORD, sign_in

ROLES = {
    "nobody": None,
    "officer": "xujing1",
    "leader": "xujing.dui1",
    "dispatcher": "paidan",
    "reviewer": "xujing.fazhi",
    "head": "xujing.jiguan",
    "district": "quju",
    "city": "shiju",
    "firm": "wuye",
    "committee": "juwei",
    "system": "xitong",
    "security": "anquan",
    "audit": "shenji",
}
MOST = 60
# Pages that are still being written.
COMING: set[str] = set()
# How many roles have looked at a kind of page: two are enough, or the walk would take many minutes.
LOOKED = collections.Counter()


def kind(path):
    """/matters/M20260924-000012?x=1 and its like are one kind of page."""
    path = path.split("?")[0].split("#")[0]
    return re.sub(r"/(?=[^/]*\d)[^/]+", "/{}", path)


@pytest.mark.parametrize("role", ROLES)
def test_every_page_fits_reads_and_breaks_no_policy(role, city, browser):
    from conftest import page as opened

    for page in opened(browser, viewport={"width": 390, "height": 844}, reduced_motion="reduce"):
        if ROLES[role]:
            sign_in(page, city, ROLES[role], PASSWORD)
            waiting = [page.url.removeprefix(city.url)]
        else:
            waiting = ["/", "/sign-in", "/no-such-page", f"/c/{city.compounds[0]}", "/privacy", "/help"]
        seen, wrong, broken = set(), {}, []
        while waiting and len(seen) < MOST:
            path = waiting.pop(0)
            if kind(path) in seen:
                continue
            seen.add(kind(path))
            if len(seen) > 1 and LOOKED[kind(path)] >= 2:
                continue
            LOOKED[kind(path)] += 1
            answer = page.goto(city.url + path)
            if answer is None:
                continue
            if answer.status == 404 and path in COMING:
                continue
            if answer.status >= 500 or (answer.status == 404 and path != "/no-such-page"):
                broken.append(f"{path}: {answer.status}")
                continue
            if "text/html" not in (answer.headers.get("content-type") or "") or answer.status == 429:
                continue
            # Sheets in bulk are several pages of paper in one: test_print.py looks at them.
            if page.locator("body.print .a4").count() > 1:
                continue
            found = faults(page)
            if found:
                wrong[path] = found
            links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
            for link in links:
                if not link.startswith("/") or re.search(r"\.(csv|xlsx|pdf|svg|png|jpg|json)(\?|$)|^/files/|/photos/|download|^/api/", link):
                    continue
                if kind(link) not in seen:
                    waiting.append(link)
        print(f"{role}: {len(seen)} kinds of page")
        assert not broken and not wrong, "\n".join(broken + [f"{path}: {'; '.join(found)}" for path, found in wrong.items()])


def test_the_keyboard_reaches_what_matters(city, phone):
    phone.goto(f"{city.url}/c/{city.compounds[0]}/report")
    reach(phone, "送给")
    phone.goto(city.url + "/sign-in")
    reach(phone, "登录")


def test_an_officer_reaches_a_step_by_keyboard(city, desk):
    sign_in(desk, city, "xujing.dui1", PASSWORD)
    desk.goto(city.url + "/matters?group=open")
    # The newest may be nobody's yet; then what else could be done is folded away.
    for matter in [link.get_attribute("href") for link in desk.locator("main a[href^='/matters/M']").all()]:
        desk.goto(city.url + matter)
        steps = desk.locator("main details.act summary b >> visible=true")
        if steps.count():
            break
    reach(desk, steps.first.inner_text(), most=120)
    desk.keyboard.press("Enter")
    assert desk.locator("main details.act[open]").count() >= 1
