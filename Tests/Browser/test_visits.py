"""A district's manager has a compound looked at more often; an officer goes, on a phone, and writes it down once. Runs after the pages that count on
the newest matter being one of the pilot."""
import datetime
import re
import time

from checks import faults
from conftest import PASSWORD, page, press, sign_in
from test_journeys import png


def test_a_grade_becomes_a_visit_and_the_visit_a_matter(city, browser, tmp_path):
    until = (datetime.date.today() + datetime.timedelta(days=60)).isoformat()
    for manager in page(browser, viewport={"width": 1366, "height": 768}):
        sign_in(manager, city, "quju", PASSWORD)
        manager.goto(city.url + "/grades/rules")
        rules = manager.locator("main").inner_text()
        assert "弄堂自定，未经主管部门确认" in rules and "每月 2 次" in rules
        # The round of the night runs as soon as the demonstration is served.
        for _ in range(60):
            manager.goto(city.url + "/grades")
            if manager.locator("main table tbody tr").count() > 0:
                break
            time.sleep(1)
        # The quietest: the first may be D by the rules, on some days, and is then not set to it by hand.
        press(manager.locator("main table a[href^='/grades/']").last)
        why = manager.locator("main").inner_text()
        assert re.search(r"首次研判|→", why) and "怎么得出的" in why and "分级经过" in why
        compound = manager.url
        manager.get_by_text("与规则不同，写明理由").click()
        manager.locator("[name=reason]").fill("短")
        press(manager.get_by_role("button", name="调整等级"))
        assert manager.locator("[aria-invalid=true]").count() >= 1, "too short a reason"
        manager.locator("[name=grade][value=D]").check()
        manager.locator("[name=reason]").fill("正在征收签约，人员混杂，先按严管安排检查。")
        manager.locator("[name=until]").fill(until)
        press(manager.get_by_role("button", name="调整等级"))
        assert manager.url == compound and "D 级" in manager.locator("h1").inner_text()
        assert "人工调整至" in manager.locator("main").inner_text()
    for officer in page(browser, viewport={"width": 390, "height": 844}):
        sign_in(officer, city, "xujing.dui1", PASSWORD)
        officer.goto(city.url + "/inspections?state=planned")
        press(officer.locator("main table a[href^='/inspections/']").first)
        assert officer.evaluate("document.documentElement.scrollWidth <= innerWidth")
        press(officer.get_by_role("button", name="完成检查"))
        assert officer.locator("fieldset .error, [aria-invalid=true]").count() >= 1, "no result"
        officer.locator("[name=result][value=matter]").check()
        officer.locator("[name=note]").fill("12 号楼下绿地里正在砌砖墙，围作私家花园。")
        officer.get_by_role("button", name="完成检查").click()
        officer.wait_for_url(re.compile(r"/matters/M"))
        matter = officer.locator("main").inner_text()
        assert "检查已记录" in officer.locator("body").inner_text() and "砌砖墙" in matter
        officer.goto(city.url + "/inspections?state=done")
        assert "登记为事项" in officer.locator("main").inner_text()
        assert "执法频次" in officer.locator("main").inner_text()
        # Nobody has planned the next one: an officer stands in a compound, sees something, and what is not put right goes on as it stands.
        officer.goto(city.url + "/inspections/new")
        there = [a.get_attribute("href") for a in officer.locator("main table a[href^='/inspections/new?compound=']").all()]
        for at in there:
            officer.goto(city.url + at)
            if officer.locator("[name=result]").count():
                break
            assert "本月已安排检查" in officer.locator("main").inner_text()
        assert officer.evaluate("document.documentElement.scrollWidth <= innerWidth") and faults(officer) == []
        officer.locator("[name=why]").fill("居委会当面反映 3 号楼门厅长期堆物。")
        officer.locator("[name=result][value=told]").check()
        officer.locator("[name=note]").fill("门厅堆放旧家具，已告知物业三日内清理。")
        officer.set_input_files("[name=photos]", png(tmp_path))
        officer.get_by_role("button", name="完成检查").click()
        officer.wait_for_url(re.compile(r"/inspections/J"))
        assert "现场照片 1 张" in officer.locator("main").inner_text()
        photo = officer.locator("ul.strip img").first
        photo.scroll_into_view_if_needed()
        officer.wait_for_function("document.querySelector('ul.strip img').naturalWidth > 0")
        officer.get_by_role("button", name="没有改正，登记为事项").click()
        officer.wait_for_url(re.compile(r"/matters/M"))
        matter = officer.locator("main").inner_text()
        assert "至今没有改正：门厅堆放旧家具" in matter and officer.locator("main img").count() >= 1, "nothing typed or sent again"
        number = re.search(r"compound=([0-9A-Z]{8})", at).group(1)
        officer.goto(f"{city.url}/compounds/{number}")
        year = officer.locator("#twelve-months").inner_text()
        assert "每周：投诉来了，做了什么" in year and re.search(r"发现问题 \d+ 次，临时 1 次", year) and "NaN" not in year
        assert officer.locator("figure.strip-chart svg[role=img][aria-label]").count() == 1
        assert officer.locator("figure.strip-chart details table").count() == 1 and faults(officer) == []
    for other in page(browser, viewport={"width": 1366, "height": 768}):
        sign_in(other, city, "xiayang1", PASSWORD)
        assert other.goto(compound).status in (200, 404)
        assert other.goto(city.url + "/inspections").status == 200
