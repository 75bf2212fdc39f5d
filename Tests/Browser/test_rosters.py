"""Four weeks: planned by the leader, changed by hand, compared with what would be, issued; read by an officer."""
import re

from conftest import PASSWORD, page, press, sign_in


def reckoned(leader):
    """The page comes by itself when the worker is done."""
    leader.wait_for_url(re.compile(r"/rosters/P"))
    leader.get_by_role("heading", name=re.compile(r"小区 \d+ 个")).wait_for(timeout=60_000)
    return leader.url


def test_a_leader_plans_changes_compares_and_issues(city, browser):
    for leader in page(browser, viewport={"width": 390, "height": 844}):
        sign_in(leader, city, "xujing.dui1", PASSWORD)
        leader.goto(city.url + "/more")
        press(leader.locator("main").get_by_role("link", name=re.compile("驻点与排班")))
        press(leader.get_by_role("link", name="排班资料"))
        assert "这里只填系统里没有的" in leader.locator("main").inner_text()
        press(leader.get_by_role("link", name="编排四周"))
        assert "人参加排班" in leader.locator("main").inner_text()
        # Four weeks after those of the pilot.
        leader.locator("[name=start]").select_option(index=4)
        leader.get_by_role("button", name="开始计算").click()
        first = reckoned(leader)
        text = leader.locator("main").inner_text()
        assert re.search(r"没有更好的排法|最多差 \d+\.\d%", text) and "按需求比例" in text and "NaN" not in text
        # One compound: another contact by hand.
        press(leader.locator("main a.row-link[href*='/compounds/']").first)
        here = leader.locator("main").inner_text()
        assert "为什么是这个人" in here
        contact = re.search(r"联系人\s+(\S+)", here).group(1)
        people = leader.locator("[name=contact] option").all_inner_texts()[1:]
        other = next(one for one in people if one != contact)
        compound = leader.get_by_role("heading", level=1).inner_text()
        leader.locator("[name=contact]").select_option(label=other)
        leader.get_by_role("button", name="指定").click()
        leader.wait_for_url(first)
        assert "1 处人工改动还没有重算" in leader.locator("main").inner_text()
        assert leader.get_by_role("button", name="发布这个方案").count() == 0, "not before it is reckoned again"
        leader.get_by_role("button", name="重算一稿").click()
        leader.wait_for_url(lambda url: url != first and "/rosters/P" in url)
        second = reckoned(leader)
        press(leader.locator("main a.row-link", has_text=compound).first)
        assert f"人工指定{other}为联系人" in leader.locator("main").inner_text()
        # What if there were one fewer?
        leader.goto(second)
        leader.get_by_text("假如少几个人").click()
        leader.locator("[name=fewer]").fill("1")
        leader.get_by_role("button", name="算一算").first.click()
        leader.wait_for_url(lambda url: url != second and "/rosters/P" in url)
        reckoned(leader)
        assert "只供比较，不能发布" in leader.locator("main").inner_text()
        press(leader.get_by_role("link", name=re.compile("和原方案 P")))
        compared = leader.locator("main").inner_text()
        assert "假如少 1 人" in compared and re.search(r"满足的需求|变差|换联系人|负荷", compared)
        # Issued, it is frozen.
        leader.goto(second)
        leader.get_by_text("定稿，通知队员").click()
        leader.get_by_role("button", name="发布这个方案").click()
        leader.get_by_text("已发布，队员会收到提醒").wait_for()
        assert leader.get_by_role("button", name="发布这个方案").count() == 0
        leader.goto(second + "/weeks")
        assert leader.locator("main a[href*='/shifts/']").count() == 0
        leader.goto(second + "/print")
        assert leader.locator("article.a4").count() == 4
        leader.goto(second + "/officers")
        # Somebody of the squad with half-days.
        name = leader.locator("main a.row-link").first.inner_text()
        logins = re.findall(rf"^\s*(\S+)\s.*{name}", city.said, re.MULTILINE)
    for officer in page(browser, viewport={"width": 390, "height": 844}):
        login = next((one for one in logins if one.startswith("xujing")), "xujing1")
        sign_in(officer, city, login, PASSWORD)
        officer.goto(city.url + "/rosters/mine")
        own = officer.locator("main").inner_text()
        assert re.search(r"上午|下午", own) and "已发布的排班" in own
        officer.goto(first)
        assert "没有这个排班方案" in officer.locator("main").inner_text(), "a draft is nobody's but the leader's"
        officer.goto(second)
        assert officer.get_by_role("button", name="重算一稿").count() == 0
    for other in page(browser, viewport={"width": 1366, "height": 768}):
        sign_in(other, city, "xiayang.dui1", PASSWORD)
        assert other.goto(second).status == 404, "another squad's roster does not exist for them"
