"""Where complaints gather: a manager issues a list, imports the city's, compares them, and has it reckoned whether something helped."""
import datetime
import re

from conftest import PASSWORD, page, press, sign_in


def test_from_hot_spots_to_lists_and_what_they_did(city, browser, tmp_path):
    today = datetime.date.today()
    for manager in page(browser, viewport={"width": 1366, "height": 768}):
        sign_in(manager, city, "quju", PASSWORD)
        manager.goto(city.url + "/more")
        press(manager.get_by_role("link", name=re.compile("热点")).first)
        for _ in range(40):
            # The night's round of a fresh city may still be going on.
            if "还没有研判结果" not in manager.locator("main").inner_text():
                break
            manager.wait_for_timeout(500)
            manager.reload()
        text = manager.locator("main").inner_text()
        assert "每千户" in text and "件" in text and "nan" not in text.lower()
        assert "先生" not in text and "女士" not in text and not re.search(r"1[3-9]\d{9}", text)

        press(manager.get_by_role("link", name="发布重点小区名单"))
        press(manager.get_by_role("button", name="发布名单"))
        assert manager.locator("[aria-invalid=true]").count() >= 2, "neither name nor reason"
        manager.locator("[name=title]").fill("我们的名单")
        manager.locator("[name=reason]").fill("按近一年诉件研判，每周至少巡查一次。")
        if manager.locator("[name=chosen]:checked").count() == 0:
            manager.locator("details").last.click()
            manager.locator("[name=chosen]").first.check()
        manager.get_by_role("button", name="发布名单").click()
        manager.wait_for_url(re.compile(r"/hotspots/lists/H"))
        ours = manager.url
        assert "还说不准" in manager.locator("main").inner_text()
        with manager.expect_download() as taken:
            manager.get_by_role("link", name="下载表格").click()
        assert taken.value.suggested_filename.endswith(".xlsx")
        press(manager.locator("main table a[href^='/hotspots/lists/']").first)
        assert "每月诉件" in manager.locator("main").inner_text()

        theirs = tmp_path / "三百个.csv"
        theirs.write_text("小区名称,区\n康虹花园,青浦区\n宜达新居,青浦区\n康虹花圆,青浦区\n天涯海角,青浦区\n", encoding="utf-8")
        manager.goto(city.url + "/hotspots/import")
        manager.set_input_files("[name=file]", theirs)
        manager.get_by_role("button", name="看一看").click()
        manager.wait_for_selector("text=要您决定")
        assert "2 行和名册一致，2 行要您决定" in manager.locator("main").inner_text()
        manager.locator("[name=title]").fill("市里的名单")
        manager.locator("[name=reason]").fill("市局下发的重点小区，逐个落实。")
        press(manager.get_by_role("button", name="发布名单"))
        assert manager.locator("[name^=pick-][aria-invalid=true]").count() == 2, "nothing is guessed"
        manager.locator("[name=no-4]").fill(city.compound_of("茂政"))
        manager.locator("[name=pick-5]").select_option("out")
        manager.get_by_role("button", name="发布名单").click()
        manager.wait_for_url(re.compile(r"/hotspots/lists/H"))
        text = manager.locator("main").inner_text()
        assert "茂政滨水雅苑" in text and "没有列入的行 1 行" in text and "天涯海角" in text

        manager.goto(city.url + "/hotspots/lists")
        manager.locator("[name=first]").select_option(label="我们的名单")
        manager.locator("[name=second]").select_option(label="市里的名单")
        press(manager.get_by_role("button", name="比较"))
        text = manager.locator("main").inner_text()
        assert re.search(r"两份都有 \d+ 个，只在“我们的名单” \d+ 个，只在“市里的名单” \d+ 个", text)
        assert "宜达新居" in text

        manager.goto(city.url + "/effects")
        press(manager.get_by_role("link", name="新的评估"))
        manager.locator("[name=title]").fill("夏季集中整治")
        manager.locator("[name=names]").fill("康虹花园\n宜达新居\n不存在的小区")
        manager.locator("[name=from]").fill((today - datetime.timedelta(days=100)).isoformat())
        manager.locator("[name=through]").fill((today - datetime.timedelta(days=130)).isoformat())
        press(manager.get_by_role("button", name="开始评估"))
        text = manager.locator("main").inner_text()
        assert "第一天在最后一天之后" in text and "不存在的小区" in text
        manager.locator("[name=names]").fill("康虹花园\n宜达新居")
        manager.locator("[name=through]").fill((today - datetime.timedelta(days=70)).isoformat())
        manager.get_by_role("button", name="开始评估").click()
        manager.wait_for_url(re.compile(r"/effects/X"))
        text = manager.locator("main").inner_text()
        assert "还不能下结论" in text and "整治小区只有 2 个，至少要 5 个" in text and "nan" not in text.lower()
        manager.get_by_role("button", name="按今天的数据重新计算").click()
        manager.wait_for_selector("text=和上次的结果一样")
    for officer in page(browser, viewport={"width": 390, "height": 844}):
        sign_in(officer, city, "xujing1", PASSWORD)
        officer.goto(ours)
        text = officer.locator("main").inner_text()
        # Xujing's squad sees its own compounds of the list and no button to issue another.
        assert "新青浦花苑" not in text
        assert officer.goto(city.url + "/hotspots/issue").status == 403
        assert officer.get_by_role("button", name=re.compile("撤回")).count() == 0
    for manager in page(browser, viewport={"width": 390, "height": 844}):
        sign_in(manager, city, "quju", PASSWORD)
        manager.goto(ours)
        manager.locator("summary", has_text="发错了，或者不再需要").click()
        manager.get_by_role("button", name="撤回“我们的名单”").click()
        assert manager.locator("[name=reason][aria-invalid=true]").count() == 1, "a reason is needed"
        manager.locator("[name=reason]").fill("导入时用错了上一季度的表，另行发布。")
        manager.get_by_role("button", name="撤回“我们的名单”").click()
        manager.wait_for_selector("text=名单已撤回，仍可查看，不再跟踪")
        text = manager.locator("main").inner_text()
        assert "已撤回" in text and "用错了上一季度的表" in text and "还说不准" not in text
        assert manager.locator("main table a[href^='/hotspots/lists/']").count() >= 1, "it stays to be read"
        assert manager.get_by_role("button", name=re.compile("撤回")).count() == 0
        manager.goto(city.url + "/effects/new")
        assert manager.locator("[name=list] option", has_text="我们的名单").count() == 0
        assert manager.locator("[name=list] option", has_text="市里的名单").count() == 1
