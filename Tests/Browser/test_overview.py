"""The overview: a dashboard whose numbers open, a map with and without a script, a bulletin from draft to paper."""
import re

import pytest
from checks import faults
from conftest import PASSWORD, page, press, serve, sign_in

SIZES = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1366, "height": 768}}


@pytest.fixture(scope="module")
def still(tmp_path_factory):
    """A city in which nobody does anything: what is kept and what stands now are the same only there."""
    yield from serve("demo", tmp_path_factory.mktemp("still"), "--compounds", "7", "--reports", "80")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("script", [True, False])
def test_a_number_of_the_dashboard_opens_to_its_rows(still, browser, size, script):
    for district in page(browser, viewport=SIZES[size], java_script_enabled=script):
        sign_in(district, still, "quju", PASSWORD)
        for _ in range(60):
            district.goto(still.url + "/dashboard")
            # A city that was planted a moment ago is still being counted.
            if district.locator("a[href*='/figures/rows'][href*='count=complaints']").count():
                break
            district.wait_for_timeout(500)
        text = district.locator("main").inner_text()
        assert "十三个月" in text and "NaN" not in text and "undefined" not in text and "Optional" not in text
        if script:
            assert faults(district) == []
        # Everything drawn is a table as well.
        assert district.locator("figure.chart svg[role=img][aria-label]").count() >= 1
        assert district.locator("figure.chart details table").count() >= 3
        complaints = district.locator("a[href*='/figures/rows'][href*='count=complaints']").first
        said = int(re.sub(r"\D", "", district.locator("tr", has=complaints).locator("b").inner_text()))
        press(complaints)
        assert said > 0 and district.locator("tbody tr").count() == min(said, 50)
        for group in ("open", "overdue", "review"):
            district.goto(still.url + "/dashboard")
            tile = district.locator(f"a.tile[href*='group={group}']")
            number = int(tile.locator("b").inner_text())
            press(tile)
            assert district.locator("tbody tr").count() == min(number, 50), group


def test_an_officer_sees_their_own_work_only(city, browser):
    for officer in page(browser, viewport=SIZES["phone"]):
        sign_in(officer, city, "xujing1", PASSWORD)
        officer.goto(city.url + "/dashboard")
        text = officer.locator("main").inner_text()
        assert "只有本人经办的" in text and "各单位" not in text and "投诉多的小区" not in text
        assert faults(officer) == []


@pytest.mark.parametrize("size", SIZES)
def test_the_map_is_drawn_with_a_script_and_reached_by_keyboard(city, browser, size):
    for district in page(browser, viewport=SIZES[size]):
        sign_in(district, city, "quju", PASSWORD)
        district.goto(city.url + "/map")
        district.wait_for_selector("[data-ready=yes]")
        assert not district.locator("svg.map-svg").is_visible() and district.locator(".map-live").is_visible()
        assert faults(district) == []
        if size == "phone":
            # What the map draws slides under the bar that stays, not over it.
            bar, frame = district.locator(".tabbar").bounding_box(), district.locator(".map-frame").bounding_box()
            middle = bar["y"] + bar["height"] / 2
            district.evaluate("d => scrollBy({top: d, behavior: 'instant'})", frame["y"] + frame["height"] / 2 - middle)
            over = "y => [...Array(39).keys()].filter(n => document.elementFromPoint(n * innerWidth / 39 + 2, y)?.closest('.map-frame'))"
            assert district.evaluate(over, middle) == []
        points = district.locator(".leaflet-marker-icon[tabindex='0']")
        assert points.count() >= 1
        for _ in range(6):
            if district.locator(".map-point[tabindex='0']").count() > 0:
                break
            district.locator(".map-cluster").first.focus()
            district.keyboard.press("Enter")
            district.wait_for_timeout(600)
        one = district.locator(".map-point[tabindex='0']").first
        one.focus()
        district.keyboard.press("Enter")
        opened = district.locator(".leaflet-popup-content a[href^='/compounds/']")
        opened.wait_for()
        # No pictures from anywhere: nobody has configured any.
        assert district.locator("img.leaflet-tile").count() == 0
        press(opened)
        assert "这一年" in district.locator("main").inner_text()
        assert faults(district) == []


@pytest.mark.parametrize("size", SIZES)
def test_the_map_is_there_without_a_script(city, browser, size):
    for leader in page(browser, viewport=SIZES[size], java_script_enabled=False):
        sign_in(leader, city, "xujing.dui1", PASSWORD)
        leader.goto(city.url + "/map?by=count")
        drawn = leader.locator("svg.map-svg")
        assert drawn.is_visible() and drawn.locator("circle").count() >= 1 and drawn.locator("text").count() >= 3
        assert re.search(r"有效投诉 \d+ 件", drawn.get_attribute("aria-label"))
        assert leader.locator("main table tbody tr").count() >= 1
        leader.locator("[name=by]").select_option("open")
        press(leader.get_by_role("button", name="画图"))
        assert "by=open" in leader.url and leader.locator("svg.map-svg circle").count() >= 1


def test_outlines_are_brought_and_drawn(city, browser):
    square = [[121.0, 31.0], [121.4, 31.0], [121.4, 31.3], [121.0, 31.3], [121.0, 31.0]]
    import json

    def geojson(ring):
        feature = {"type": "Feature", "properties": {"name": "试验区界"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        return {"name": "界.geojson", "mimeType": "application/geo+json", "buffer": json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()}

    for district in page(browser, viewport=SIZES["desk"]):
        sign_in(district, city, "quju", PASSWORD)
        district.goto(city.url + "/map/outlines")
        district.locator("[name=name]").fill("区界")
        district.locator("[name=source]").fill("区民政局，2025年12月")
        district.locator("[name=file]").set_input_files(geojson([[b, a] for a, b in square]))
        district.get_by_role("button", name="导入").click()
        district.get_by_text("写反了").first.wait_for()
        assert district.locator("[name=name]").input_value() == "区界"
        district.locator("[name=file]").set_input_files(geojson(square))
        district.get_by_role("button", name="导入").click()
        district.get_by_text("轮廓已导入", exact=True).wait_for()
        district.goto(city.url + "/map")
        district.wait_for_selector("[data-ready=yes]")
        assert district.locator(".map-live path").count() > 0
        district.goto(city.url + "/map/outlines")
        district.get_by_text("删除", exact=True).click()
        district.get_by_role("button", name="删除“区界”").click()
        district.get_by_text("轮廓已删除", exact=True).wait_for()


def test_a_bulletin_is_drafted_changed_and_issued(city, browser):
    for leader in page(browser, viewport=SIZES["phone"]):
        sign_in(leader, city, "xujing.dui1", PASSWORD)
        leader.goto(city.url + "/bulletins")
        leader.get_by_label("周通报").check()
        leader.get_by_role("button", name="按指标起草").click()
        leader.wait_for_url(re.compile(r"/bulletins/T"))
        assert faults(leader) == []
        whole = leader.locator("[name=text0]").input_value()
        assert re.search(r"共收到诉件 [\d,]+ 件，其中有效投诉 [\d,]+ 件", whole)
        leader.locator("[name=text5]").fill("另有 98765 件由街道协调处理。")
        leader.get_by_role("button", name="保存草稿").click()
        leader.get_by_text("98765").first.wait_for()
        assert "文字里有统计表没有的数" in leader.locator("main").inner_text()
        leader.get_by_role("button", name="保存并印发").click()
        leader.get_by_text("已印发").first.wait_for()
        assert leader.locator("textarea").count() == 0 and "98765" in leader.locator("main").inner_text()
        at = leader.url
        sheet = leader.request.get(at + "/table.xlsx")
        assert sheet.status == 200 and sheet.body()[:2] == b"PK"
        paper = leader.request.get(at + "/pdf")
        assert paper.status == 503 or paper.body()[:4] == b"%PDF"
