"""Five whole cases, each step by the one whose work it is, on the pages. The program's clock is moved, not waited for."""
import datetime
import pathlib
import re
import struct

import pytest
from conftest import PASSWORD, press, program, serve, sign_in
from papers import Papers

SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))


class Clock:
    """The clock on the program's wall, by the library that the fault tests use: how far it is off stands in a file that is shared with it."""

    def __init__(self, folder):
        self.file = folder / "faultline"
        self.file.write_bytes(bytes(544))
        self.library = pathlib.Path(program()).parent / "libFaultLine.so"
        self.shift = datetime.timedelta()

    def environment(self):
        return {"LD_PRELOAD": str(self.library), "FAULTLINE": str(self.file)}

    def set(self, text):
        """To a moment in Shanghai: "2026-09-24 10:00". It goes on from there."""
        wanted = datetime.datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)
        self.shift = wanted - datetime.datetime.now(SHANGHAI)
        with open(self.file, "r+b") as line:
            line.seek(8)
            line.write(struct.pack("<q", round(self.shift.total_seconds() * 1000)))


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A pilot city whose present is Thursday 24 September 2026, a week before 国庆."""
    folder = tmp_path_factory.mktemp("town")
    clock = Clock(folder)
    clock.set("2026-09-24 10:00")
    for site in serve("demo", folder, "--compounds", "7", "--reports", "30", more_environment=clock.environment()):
        site.clock = clock
        yield site


class People:
    """Whoever works on a case, each with a browser of their own; signed in again when the clock has been moved."""

    LOGINS = {"officer": "xujing1", "leader": "xujing.dui1", "second leader": "xujing.dui2", "reviewer": "xujing.fazhi", "head": "xujing.jiguan"}

    def __init__(self, browser, town):
        self.browser, self.town, self.pages, self.at = browser, town, {}, town.clock.shift

    def page(self, who):
        if self.at != self.town.clock.shift:
            self.close()
            self.at = self.town.clock.shift
        if who not in self.pages:
            page = self.browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 390, "height": 844}).new_page()
            page.set_default_timeout(15_000)
            sign_in(page, self.town, self.LOGINS[who], PASSWORD)
            self.pages[who] = page
        return self.pages[who]

    def close(self):
        for page in self.pages.values():
            page.context.close()
        self.pages = {}


@pytest.fixture
def people(browser, town):
    town.clock.set("2026-09-24 10:00")
    made = People(browser, town)
    yield made
    made.close()


def fill(form, said):
    for name, value in said.items():
        field = form.locator(f"[name='{name}']")
        kind = field.first.evaluate("e => e.type || e.tagName.toLowerCase()")
        if kind == "radio":
            form.locator(f"[name='{name}'][value='{value}']").check()
        elif kind == "checkbox":
            # A draft of what was typed before may have ticked them.
            for one in field.all():
                one.uncheck()
            for one in field.all()[: {"all": None, "two": 2, "none": 0}[value]]:
                one.check()
        elif kind.startswith("select"):
            field.select_option(value if value != "first" else field.locator("option").nth(1).get_attribute("value"))
        else:
            field.fill(value)


class Case:
    def __init__(self, people, town, item, procedure, **more):
        self.people, self.town = people, town
        page = people.page("officer")
        page.goto(f"{town.url}/cases/new")
        form = page.locator("form[action='/cases']")
        fill(form, {"item": item, "procedure": procedure, "place": "康虹花园12号302室"} | more)
        form.get_by_role("button", name="登记线索").click()
        page.wait_for_url(re.compile(r"/cases/C\d"))
        self.no = re.search(r"/cases/(C[\d-]+)", page.url).group(1)

    def form(self, noun, who):
        page = self.people.page(who)
        page.goto(f"{self.town.url}/cases/{self.no}/steps/{noun}")
        return page, page.locator(f"form[action='/cases/{self.no}/steps/{noun}']")

    def take(self, noun, said=None, who="officer"):
        page, form = self.form(noun, who)
        fill(form, said or {})
        press(form.locator("button[type=submit], button:not([type])").last)
        assert page.url.endswith(f"/cases/{self.no}"), page.locator("main").inner_text()[:800]

    def collect(self, many):
        """Evidence is entered, never counted by hand: the link of the step leads to its form."""
        page = self.people.page("officer")
        for number in range(many):
            page.goto(f"{self.town.url}/cases/{self.no}/steps/collect")
            page.wait_for_url(re.compile("/exhibits/new"))
            page.goto(f"{self.town.url}/cases/{self.no}/exhibits/new?way=measurement")
            form = page.locator(f"form[action='/cases/{self.no}/exhibits']")
            fill(form, {"title": f"测量 {number + 1}", "proves": "证明现状。", "value": "2.35", "unit": "米", "instrument": "钢卷尺",
                        "made-at": "2026-09-24T09:30"})
            press(form.locator("button[type=submit], button:not([type])").last)
            assert page.url.endswith("/exhibits"), page.locator("main").inner_text()[:800]

    def refused(self, noun, said=None, who="officer"):
        """Sends a step that is not lawful yet, or finds it closed; returns what the page says."""
        page, form = self.form(noun, who)
        if form.count():
            fill(form, said or {})
            press(form.locator("button[type=submit], button:not([type])").last)
        assert not page.url.endswith(f"/cases/{self.no}"), f"{noun} was taken"
        return page.locator("main").inner_text()

    def shows(self, *words, who="officer"):
        page = self.people.page(who)
        page.goto(f"{self.town.url}/cases/{self.no}")
        text = page.locator("main").inner_text()
        for word in words:
            assert word in text, f"{word}: {text[:1500]}"

    def issue(self, title, who="officer"):
        """Completes and issues the newest paper of a title on its page; made there where no step has begun it."""
        page = self.people.page(who)
        page.goto(f"{self.town.url}/cases/{self.no}/papers")
        row = page.locator("table.rows tbody tr", has_text=title).filter(has_text="草稿")
        if row.count():
            row.first.locator("a").first.click()
        else:
            page.locator("select[name='kind']").select_option(label=title)
            page.get_by_role("button", name="起草").click()
        page.wait_for_url(re.compile(r"/papers/\d+"))
        for field in page.locator("textarea[name^='t-']").all():
            text = field.input_value()
            if not text or "【待填" in text:
                field.fill("照实填写。")
        press(page.get_by_role("button", name="签发"))
        assert "已签发" in page.locator("main").inner_text(), page.locator("main").inner_text()[:800]

    # What most cases begin with.

    def investigate(self, party="individual", corrected=None, number=None):
        self.take("assign", {"officers": "two"}, "leader")
        self.take("identify-party", {"kind": party, "name": "张三", "age": "46", "address": "康虹花园12号302室"} | ({"id-number": number} if number else {}) if party == "individual"
                  else {"kind": party, "name": "青浦物业有限公司", "address": "京华路1号"})
        self.take("ask-filing", {"note": "巡查发现，已拍照。"})
        self.take("approve-filing", {}, "second leader")
        self.take("inspect", {"present": "all", "note": "现场查见。"})
        self.take("inquire", {"present": "all", "asked": "张三", "note": "问：何时动工？答：九月中旬。"})
        self.collect(2)
        self.take("order-correction", {"until": "2026-10-15", "note": "恢复原状。"})
        self.issue("责令（限期）改正通知书")
        if corrected is not None:
            self.take("review-correction", {"corrected": corrected, "note": "到现场复查。"})
        self.take("conclude", {"note": "事实清楚，证据充分。"})


def check_the_firm(people, town):
    """一案双查 of any matter found true: the page asks for it and keeps what is found."""
    page = people.page("officer")
    page.goto(f"{town.url}/filing-duties")
    assert page.get_by_role("heading", name="物业履职核查（一案双查）").count() == 1


def test_a_load_bearing_wall_is_heard_and_goes_to_court(people, town, tmp_path):
    case = Case(people, town, "load-bearing-damage", "ordinary")
    papers = Papers(case)
    case.investigate(number="310118198001011234")
    case.take("propose", {"fine": "60000", "note": "破坏一处，逾期未恢复。"})
    case.issue("行政处罚事先告知书")
    case.take("give-notice", {"served": "2026-09-24T10:00"})
    # The 25th is 中秋, 1 to 7 October 国庆: the fifth working day is 9 October.
    case.shows("要求听证", "10月9日")
    assert "第六十四条" in case.refused("end-notice")
    case.take("ask-hearing", {"at": "2026-09-24T10:00"})
    assert "第六十四条第二项" in case.refused("call-hearing", {"day": "2026-09-29", "host": "first", "place": "徐泾中队"}, "head")
    # Seven working days from 28 September: 28, 29, 30, 8, 9, 10 (made up for 国庆) and 12 October.
    case.take("call-hearing", {"day": "2026-10-13", "host": "first", "place": "徐泾中队"}, "head")
    town.clock.set("2026-10-13 10:00")
    case.issue("听证通知书", "head")
    case.take("hold-hearing", {"note": "双方质证。"}, "head")
    assert "第五十八条" in case.refused("decide", {"note": "同意。"}, "head")
    case.take("ask-review")
    case.take("pass-review", {"note": "事实清楚，程序合法。"}, "reviewer")
    assert "第五十七条第二款" in case.refused("decide", {"note": "同意。"}, "head")
    case.take("discuss", {"participants": "3", "note": "一致同意。"}, "head")
    assert "第四十五条" in case.refused("decide", {"fine": "60001", "note": "同意。"}, "head")
    case.take("decide", {"fine": "60000", "note": "同意。"}, "head")
    # Nothing is served that has not been issued: the page names the paper and the article.
    told = case.refused("serve")
    assert "《行政处罚决定书》" in told and "第五十九条" in told
    papers.issue()
    case.take("serve", {"method": "direct", "on": "2026-10-13", "servers": "2"})
    case.shows("10月28日")
    town.clock.set("2026-11-02 10:00")
    # Five days late, three per cent each.
    case.shows("69,000 元")
    case.issue("催告书")
    case.take("urge", {"served": "2026-11-02T10:00"})
    assert "第五十四条" in case.refused("apply-to-court", {"risk": "all", "plan": "all"}, "head")
    town.clock.set("2027-04-13 10:00")
    # The last of the six months in which the party may go to court.
    assert "第五十三条" in case.refused("apply-to-court", {"risk": "all", "plan": "all"}, "head")
    town.clock.set("2027-04-14 10:00")
    assert "沪城管执〔2024〕104号" in case.refused("apply-to-court", {}, "head")
    case.take("apply-to-court", {"risk": "all", "plan": "all"}, "head")
    case.take("court-rules", {"granted": "yes"})
    case.take("court-executes")
    case.take("close", {}, "leader")
    case.take("archive")
    case.shows("已归档")
    papers.issue()
    kinds = papers.check(tmp_path, never=["310118198001011234"])
    assert {"penalty-decision", "prior-notice", "hearing-notice", "hearing-record", "legal-review", "collective-record", "urge-notice", "court-application",
            "service-receipt", "site-record", "inquiry-record", "rectify-order"} <= set(kinds), kinds


def test_a_converted_kitchen_is_fast_tracked(people, town, tmp_path):
    case = Case(people, town, "kitchen-bathroom-conversion", "ordinary")
    papers = Papers(case)
    case.investigate(corrected="yes")
    assert "缺少" in case.refused("take-fast-track", {"written": "all"})
    case.take("take-fast-track", {name: "all" for name in ["written", "clear", "admits", "agrees", "correcting"]})
    case.take("weigh", {"tier": "base", "pick-harm": "1", "pick-correction": "0", "pick-record": "0"})
    # What was weighed is not typed again.
    page, form = case.form("propose", "officer")
    assert form.locator("[name=fine]").input_value() != "" and "合计 25 分" in form.locator("[name=note]").input_value()
    case.take("propose", {})
    case.issue("行政处罚事先告知书")
    case.take("give-notice", {"served": "2026-09-24T10:00"})
    assert "期限还没有届满" in case.refused("end-notice")
    case.take("waive", {"note": "当场书面放弃。"})
    case.take("end-notice")
    case.take("decide", {"note": "同意。"}, "leader")
    papers.issue()
    case.take("serve", {"method": "direct", "on": "2026-09-24", "servers": "2"})
    case.take("pay", {"receipt": "沪票0001"})
    case.take("publish")
    case.take("close", {}, "leader")
    case.take("archive")
    papers.issue()
    kinds = papers.check(tmp_path)
    assert {"penalty-decision", "prior-notice", "fast-track-request", "payment-proof", "publicity-approval", "case-close"} <= set(kinds), kinds
    page = people.page("officer")
    page.goto(f"{town.url}/decisions")
    text = page.locator("main").inner_text()
    assert "张某" in text and "张三" not in text


def test_a_flying_wire_is_fined_on_the_spot(people, town, tmp_path):
    case = Case(people, town, "flying-wire-charging", "simple", ended="2026-09-24")
    case.take("assign", {"officers": "two"}, "leader")
    case.take("identify-party", {"kind": "individual", "name": "李四", "address": "康虹花园3号"})
    case.collect(1)
    case.take("order-correction", {"note": "立即收线。"})
    case.issue("责令（限期）改正通知书")
    assert "第五十一条" in case.refused("decide-on-spot", {"fine": "201", "note": "…", "told": "all"})
    assert "第四十四条" in case.refused("decide-on-spot", {"fine": "50", "note": "…", "told": "none"})
    case.take("decide-on-spot", {"fine": "50", "note": "违法事实确凿。", "told": "all"})
    case.take("pay", {"receipt": "沪票0002"})
    case.take("review-correction", {"corrected": "yes", "note": "当场收线。"})
    assert "备案" in case.refused("close", {}, "leader")
    case.issue("当场行政处罚决定书")
    case.take("file-on-spot")
    case.take("close", {}, "leader")
    case.shows("已结案")
    Papers(case).issue()
    assert {"onspot-decision", "photo-evidence", "rectify-order", "payment-proof"} <= set(Papers(case).check(tmp_path))


def test_a_first_littering_is_not_punished(people, town, tmp_path):
    case = Case(people, town, "littering", "no-penalty", ended="2026-09-24")
    case.investigate(corrected="yes")
    # Without the party's number nobody could look whether it was the first time.
    assert "查询" in case.refused("decide-no-penalty", {"ground": "first", "note": "当场清理。"}, "leader")
    case.take("decide-no-penalty", {"ground": "minor", "note": "轻微，当场清理，没有造成后果。"}, "leader")
    Papers(case).issue()
    case.take("serve", {"method": "direct", "on": "2026-09-24", "servers": "2"})
    case.take("close", {}, "leader")
    case.shows("不予处罚", "已结案")
    Papers(case).issue()
    assert {"no-penalty-decision", "service-receipt", "rectify-review"} <= set(Papers(case).check(tmp_path))


def test_a_shed_under_construction_is_stopped_and_removed(people, town, tmp_path):
    case = Case(people, town, "illegal-construction-ongoing", "illegal-building", construction="all")
    case.take("assign", {"officers": "two"}, "leader")
    assert "停止建设" in case.refused("remove-at-once", {}, "head")
    case.take("order-stop", {"note": "露台，钢架，约6.7平方米。"})
    case.take("identify-party", {"kind": "individual", "name": "王五", "address": "康虹花园12号302室"})
    assert "还没有签发" in case.refused("serve-paper", {"paper": "stop-order", "method": "direct", "on": "2026-09-24", "servers": "2"})
    case.issue("责令停止建设决定书")
    case.take("serve-paper", {"paper": "stop-order", "method": "left", "on": "2026-09-24", "servers": "2", "witness": "all"})
    case.shows("送达《责令停止建设决定书》：留置送达")
    case.take("inspect", {"present": "all", "note": "露台上正在搭建钢架，长3.2米、宽2.1米。"})
    case.take("order-correction", {"note": "立即停止建设，自行拆除。"})
    case.take("remove-at-once", {}, "head")
    case.take("close", {}, "leader")
    case.shows("已结案")
    Papers(case).issue()
    assert {"site-record", "rectify-order", "stop-order", "removal-record", "service-receipt", "case-close"} <= set(Papers(case).check(tmp_path))
    check_the_firm(people, town)
