"""What is complained of again and again: found by the night, judged by the leader, carried out by an officer."""
import datetime
import re

from conftest import PASSWORD, page, press, sign_in


def test_a_finding_becomes_a_plan_that_is_carried_out(city, browser):
    due = (datetime.date.today() + datetime.timedelta(days=20)).isoformat()
    for leader in page(browser, viewport={"width": 390, "height": 844}):
        sign_in(leader, city, "xujing.dui1", PASSWORD)
        leader.goto(city.url + "/today")
        press(leader.get_by_role("link", name=re.compile("反复投诉待研判")))
        press(leader.locator("main a[href^='/patterns/']:not([href$='rules'])").first)
        why = leader.locator("main").inner_text()
        assert re.search(r"\d+ 件诉件", why) and "研判" in why and "138" not in why
        # Nobody can be told from the rows: callers are the first, the second, the third.
        assert "先生" not in why and "女士" not in why
        press(leader.get_by_role("button", name="定为整治方案"))
        assert leader.locator("[aria-invalid=true]").count() == 2, "neither goal nor owner"
        leader.locator("[name=goal]").fill("两周内逐户上门，月底前不再有同类投诉。")
        leader.locator("[name=owner]").select_option(index=1)
        owner = leader.locator("[name=owner] option:checked").inner_text()
        leader.locator("[name=due]").fill(due)
        leader.get_by_role("button", name="定为整治方案").click()
        leader.wait_for_url(re.compile(r"/plans/Z"))
        plan = leader.url
        text = leader.locator("main").inner_text()
        assert owner in text and "进行中" in text and "两周内逐户上门" in text
        leader.locator("[name=note]").fill("已约物业周三一同上门。")
        press(leader.get_by_role("button", name="记录进展"))
        assert "已约物业周三一同上门。" in leader.locator("main").inner_text()
        leader.get_by_text("写明结果后结束").click()
        leader.locator("[name=outcome]").fill("已逐户上门整改，物业每日巡查，暂无新投诉。")
        press(leader.get_by_role("button", name="结束方案"))
        assert leader.url == plan and "已完成" in leader.locator("main").inner_text()
        leader.goto(city.url + "/plans?state=done")
        assert leader.locator(f"a[href='{plan.removeprefix(city.url)}']").count() == 1
    for other in page(browser, viewport={"width": 1366, "height": 768}):
        sign_in(other, city, "xiayang1", PASSWORD)
        assert other.goto(plan).status == 404, "another squad's plan does not exist for them"
