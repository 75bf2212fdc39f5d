"""Cross tables: any two sides, any conditions, every number opens, questions are saved."""
import io
import re
import zipfile

from conftest import PASSWORD, page, press, sign_in


def numbers(table):
    return [int(text.replace(",", "")) for text in table.locator("tbody tr").last.locator("td b").all_inner_texts()[1:]]


def test_a_question_is_asked_opened_saved_and_taken_along(city, browser):
    for leader in page(browser, viewport={"width": 1440, "height": 900}):
        sign_in(leader, city, "xujing.dui1", PASSWORD)
        leader.goto(city.url + "/lookups")
        # Twelve months and their sum stand on a desk's screen without being moved.
        wide, seen = leader.evaluate("[...document.querySelectorAll('main .scroll')].map(e => [e.scrollWidth, e.clientWidth])[0]")
        assert wide <= seen, f"{wide} of {seen}"
        leader.select_option("[name=rows]", "item")
        leader.select_option("[name=columns]", "channel")
        press(leader.get_by_role("button", name="统计"))
        table = leader.locator("main table").first
        *columns, total = numbers(table)
        assert total == sum(columns) > 0
        # A number opens to as many rows as it says.
        cell = table.locator("tbody tr td a").first
        count = int(cell.inner_text())
        cell.click()
        leader.wait_for_url(re.compile("/lookups/rows"))
        shown = leader.locator("main table tbody tr").count()
        assert shown == min(count, 50)
        assert "先生" not in leader.locator("main").inner_text() and not re.search(r"1\d{10}", leader.locator("main").inner_text())
        leader.go_back()
        with leader.expect_download() as saved:
            leader.get_by_role("link", name="下载这张表").click()
        book = zipfile.ZipFile(io.BytesIO(open(saved.value.path(), "rb").read()))
        assert "合计" in "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
        leader.get_by_text("把现在的条件存为常用查询").click()
        leader.locator("form[action='/lookups/saved'] [name=name]").fill("按来源看事项")
        leader.get_by_label("本单位的人都能用").check()
        press(leader.get_by_role("button", name="存下"))
        assert leader.get_by_role("link", name="按来源看事项").count() == 1
        # Cases are asked for in the same way, and what cannot be answered says why.
        leader.goto(city.url + "/lookups?subject=cases&rows=case-state&columns=none")
        assert "案件" in leader.locator("main").inner_text()
        leader.goto(city.url + "/lookups?rows=item&columns=item")
        assert "行和列选了同一项" in leader.locator("main").inner_text()
        leader.goto(city.url + "/lookups?compound=" + "没有这个小区")
        assert "没有叫“没有这个小区”的小区" in leader.locator("main").inner_text()
    for officer in page(browser, viewport={"width": 390, "height": 844}):
        sign_in(officer, city, "xujing1", PASSWORD)
        officer.goto(city.url + "/lookups")
        press(officer.get_by_role("link", name="按来源看事项"))
        assert officer.locator("select[name=columns]").input_value() == "channel"
        wide = officer.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, f"the page is {wide} wide"
