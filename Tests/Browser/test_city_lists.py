"""What the city has on its lists: entered by the district, answered by the squad, appealed with the leader's word."""
import datetime
import re

from conftest import PASSWORD, page, press, sign_in


def test_a_list_is_entered_once_and_an_entry_is_appealed(city, browser, tmp_path):
    sheet = tmp_path / "通报.csv"
    sheet.write_text("工单编号,通报类型,原因\nNOBODY-1,未解决,对不上的编号\n,不满意,没有编号\nNOBODY-1,未解决,又一次\n", encoding="utf-8")
    for desk in page(browser, viewport={"width": 1366, "height": 768}):
        sign_in(desk, city, "quju", PASSWORD)
        for again in (False, True):
            desk.goto(city.url + "/city-lists/import")
            desk.locator("[name=file]").set_input_files(str(sheet))
            press(desk.get_by_role("button", name="上传并预览"))
            text = desk.locator("main").inner_text()
            assert "没有工单编号" in text and "与第 2 行是同一件" in text
            if again:
                assert "这些行都已经导入过" in text
                break
            assert "没有对应的诉件" in text
            desk.get_by_role("button", name=re.compile("导入这 1 件")).click()
            desk.wait_for_url(re.compile(r"/city-lists\?month="))
        desk.goto(city.url + "/city-lists?state=unmatched")
        assert "NOBODY-1" in desk.locator("main").inner_text()
    for leader in page(browser, viewport={"width": 390, "height": 844}):
        desk_url = None
        for login in ("xujing.dui1", "xiayang.dui1", "zhaoxiang.dui1"):
            leader.context.clear_cookies()
            sign_in(leader, city, login, PASSWORD)
            leader.goto(city.url + "/city-lists?state=open")
            rows = leader.locator("main table a[href^='/city-lists/']")
            if rows.count() > 0:
                desk_url = rows.first.get_attribute("href")
                break
        assert desk_url, "the demonstration has something for a squad to answer"
        leader.goto(city.url + desk_url)
        assert "优先于本单位的记录" in leader.locator("main").inner_text()
        assert leader.evaluate("document.documentElement.scrollWidth <= innerWidth")
        press(leader.get_by_role("button", name="提出申诉"))
        assert leader.locator("[aria-invalid=true]").count() == 2, "neither reason nor evidence"
        leader.locator("[name=reason]").fill("派单当日已经联系并清理，市民当面认可。")
        leader.locator("[name=evidence]").fill("事项页有通话记录和现场照片。")
        press(leader.get_by_role("button", name="提出申诉"))
        press(leader.get_by_role("button", name="提交审核"))
        assert "申诉已报" in leader.locator("main").inner_text()
    for desk in page(browser, viewport={"width": 1366, "height": 768}):
        sign_in(desk, city, "quju", PASSWORD)
        desk.goto(city.url + "/city-lists")
        with desk.expect_download() as download:
            desk.get_by_role("button", name="导出申诉（Excel）").click()
        assert download.value.suggested_filename.endswith(".xlsx")
        desk.goto(city.url + desk_url)
        desk.locator("[name=upheld][value=yes]").check()
        desk.locator("[name=verdict]").fill("核实后予以剔除。")
        press(desk.get_by_role("button", name="登记答复"))
        text = desk.locator("main").inner_text()
        assert "申诉成立" in text and "指标里不再" in text
