"""Whole ways through the program, as people go them."""
import re
import zlib

import pytest
from conftest import PASSWORD, press, sign_in

WORDS = "楼上把阳台改成卫生间，排水管从我家厨房顶上穿过，昨天开始漏水。"


def png(folder, name="现场.png"):
    """A picture of 64 × 64 points, made here so that no file of anybody's is needed."""
    import struct

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = b"".join(b"\x00" + bytes((x * 4) % 256 if i != 1 else (y * 4) % 256 for x in range(64) for i in range(3)) for y in range(64))
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    path = folder / name
    path.write_bytes(data)
    return str(path)


def context(browser, **more):
    return browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **more)


def report(page, city, compound, folder, words=WORDS):
    """Fills in the resident's form and returns the receipt code."""
    page.goto(f"{city.url}/c/{compound}")
    press(page.locator(f"a[href='/c/{compound}/report']").first)
    page.locator("textarea[name=content]").fill(words)
    page.locator("[name=place]").fill("12号302室")
    page.locator("input[type=file][name=photos]").set_input_files(png(folder))
    page.locator("[name=phone]").fill("13800001234")
    page.locator("[name=name]").fill("王女士")
    page.get_by_role("button", name=re.compile("送给")).click()
    page.wait_for_url(re.compile(r"/receipt/"))
    code = re.search(r"/receipt/([^/?#]+)", page.url).group(1)
    assert page.get_by_role("heading", name="已收到").count() == 1
    return code


def step(page, city, no, noun, fill, button):
    """Opens the page of a step, fills in what is given and sends it."""
    page.goto(f"{city.url}/matters/{no}/{noun}")
    form = page.locator(f"form[action='/matters/{no}/{noun}']")
    for name, value in fill.items():
        field = form.locator(f"[name='{noun}-{name}']")
        kind = field.first.evaluate("e => e.type || e.tagName.toLowerCase()")
        if kind == "radio":
            form.locator(f"[name='{noun}-{name}'][value='{value}']").check()
        elif kind.startswith("select"):
            field.select_option(value)
        else:
            field.fill(value)
    press(form.get_by_role("button", name=re.compile(button)))
    assert page.locator("[aria-invalid=true], .errors, .error-summary").count() == 0, page.locator("main").inner_text()[:600]


def walk_the_loop(browser, city, report_no, folder):
    """From the dispatcher to the last question: each by the one whose work it is. Returns the matter's number."""
    people = {}
    for login in ("paidan", "xujing1", "xujing.dui1"):
        people[login] = context(browser, viewport={"width": 1366, "height": 768}).new_page()
        people[login].set_default_timeout(10_000)
        sign_in(people[login], city, login, PASSWORD)
    dispatcher, officer, leader = people["paidan"], people["xujing1"], people["xujing.dui1"]

    dispatcher.goto(f"{city.url}/matters?group=all&q={report_no}")
    link = dispatcher.locator("main a[href^='/matters/M']").first
    no = re.search(r"/matters/(M[\d-]+)", link.get_attribute("href")).group(1)
    step(dispatcher, city, no, "dispatch", {"note": "请尽快上门"}, "派单|改派")
    step(officer, city, no, "acceptance", {}, "接单")
    step(officer, city, no, "contacts", {"outcome": "reached", "note": "约定下午上门"}, "先行联系")
    officer.goto(f"{city.url}/matters/{no}/visits")
    officer.locator("input[type=file][name=photos]").set_input_files(png(folder, "核查.png"))
    form = officer.locator(f"form[action='/matters/{no}/visits']")
    form.locator("[name='visits-note']").fill("阳台已铺瓷砖，接入一根排水管，楼下厨房顶有水渍")
    form.get_by_role("button", name="记录这次核查").click()
    officer.wait_for_url(re.compile(rf"/matters/{no}$"))
    step(
        officer, city, no, "findings",
        {"fact": "confirmed", "fact-note": "现场查见阳台改为卫生间", "claim": "reasonable", "claim-note": "影响楼下居住，应当恢复"}, "认定",
    )
    step(officer, city, no, "measures", {"kind": "ordered", "note": "责令当事人十日内恢复原状"}, "措施")
    step(officer, city, no, "reply", {"outcome": "solved", "text": "已责令恢复原状，十日后复查。"}, "审核")
    step(leader, city, no, "approval", {"note": "同意"}, "审核通过")
    step(dispatcher, city, no, "revisits", {"solved": "yes", "satisfaction": "satisfied", "note": "已看到工人拆除"}, "回访")
    for one in people.values():
        one.context.close()
    return no


def test_a_report_goes_all_the_way_round(city, browser, phone, tmp_path):
    compound = city.compound_of("徐泾")
    phone.set_viewport_size({"width": 390, "height": 844})
    code = report(phone, city, compound, tmp_path)
    report_no = re.search(r"S\d{8}-\d{6}", phone.locator("main").inner_text()).group(0)
    phone.goto(f"{city.url}/progress/{code}")
    assert "办结" not in phone.locator("h1").inner_text()

    walk_the_loop(browser, city, report_no, tmp_path)

    phone.reload()
    said = phone.locator("main").inner_text()
    assert "已责令恢复原状，十日后复查。" in said
    assert "已办结" in said or "办结" in said
    # What was sealed stays sealed.
    assert "13800001234" not in said and "302室" not in said


def test_a_phone_that_loses_the_network_sends_once(city, browser, tmp_path):
    """The network goes between photo and form, and once more after the report has arrived but before its answer has."""
    phone = context(browser, **browser.phone)
    page = phone.new_page()
    page.set_default_timeout(10_000)
    compound = city.compound_of("徐泾")
    words = "地下车库出口堆了三台旧冰箱，消防车开不进来，网络不好我写了两遍。"
    page.goto(f"{city.url}/c/{compound}/report")
    page.locator("textarea[name=content]").fill(words)
    page.locator("[name=place]").fill("地下车库北出口")
    page.locator("input[type=file][name=photos]").set_input_files(png(tmp_path))
    page.locator(".previews img").wait_for()

    phone.set_offline(True)
    page.get_by_role("button", name=re.compile("送给")).click()
    page.get_by_text("网络断开，没有送出").wait_for()
    assert page.locator("textarea[name=content]").input_value() == words
    assert page.locator(".previews img").count() == 1
    phone.set_offline(False)

    taken = []

    def lose_the_answer(route):
        taken.append(route.fetch(max_redirects=0).status)
        route.abort("connectionreset")

    page.route("**/report", lambda route: lose_the_answer(route) if route.request.method == "POST" and not taken else route.continue_())
    page.get_by_role("button", name="重试").click()
    page.get_by_text("网络断开，没有送出").wait_for()
    assert taken and taken[0] < 400
    page.get_by_role("button", name="重试").click()
    page.wait_for_url(re.compile(r"/receipt/"))
    first = re.search(r"S\d{8}-\d{6}", page.locator("main").inner_text()).group(0)
    phone.close()

    desk = context(browser, viewport={"width": 1366, "height": 768}).new_page()
    sign_in(desk, city, "paidan", PASSWORD)
    desk.goto(f"{city.url}/matters?group=all&q=三台旧冰箱")
    links = {a.get_attribute("href") for a in desk.locator("main a[href^='/matters/M']").all()}
    assert len({re.match(r"/matters/M[\d-]+", link).group(0) for link in links}) == 1
    desk.goto(f"{city.url}{sorted(links)[0]}")
    said = desk.locator("main").inner_text()
    assert set(re.findall(r"S\d{8}-\d{6}", said)) == {first}
    assert desk.locator("main img").count() == 1
    desk.context.close()


def test_without_scripts_it_is_the_same_way(city, browser, tmp_path):
    plain = context(browser, java_script_enabled=False, **browser.phone)
    page = plain.new_page()
    page.set_default_timeout(10_000)
    code = report(page, city, city.compound_of("徐泾"), tmp_path, "楼道里堆满纸箱和旧家具，已经两个星期，上下楼都要侧着身。")
    page.goto(f"{city.url}/progress")
    page.locator("[name=code]").fill(code.lower().replace("-", " "))
    press(page.get_by_role("button", name="查看进度"))
    assert page.locator("h1").inner_text().startswith("办理进度")
    assert "楼道里堆满纸箱" in page.locator("main").inner_text()
    # The same form sent again by the back button says so instead of making a second report.
    page.go_back()
    plain.close()


def test_a_firm_reports_and_takes_its_receipt(city, desk, tmp_path):
    sign_in(desk, city, "wuye", PASSWORD)
    desk.goto(city.url + "/firm/report")
    form = desk.locator("form[action='/firm/report']")
    if form.locator("select[name=compound]").count():
        form.locator("select[name=compound]").select_option(index=1)
    elif form.locator("[name=compound][type=radio]").count():
        form.locator("[name=compound]").first.check()
    form.locator("textarea[name=content]").fill("3号楼101室业主在阳台外搭建钢架，劝阻后仍在施工。")
    for name, value in {"place": "3号楼101室", "patrol": "上午九时巡查发现", "dissuasion": "当面劝阻并送达告知书", "outcome": "业主拒绝停工"}.items():
        if form.locator(f"[name={name}]").count():
            field = form.locator(f"[name={name}]").first
            if field.evaluate("e => e.tagName === 'SELECT'"):
                field.select_option(index=1)
            elif field.evaluate("e => e.type === 'radio'"):
                field.check()
            else:
                field.fill(value)
    form.locator("input[type=file]").first.set_input_files(png(tmp_path))
    form.get_by_role("button").last.click()
    desk.wait_for_url(re.compile(r"/firm/reports/S"))
    press(desk.get_by_role("link", name="履职回执"))
    said = desk.locator("body").inner_text()
    assert "24 小时内送达" in said and re.search(r"[0-9a-f]{64}", said)


def test_an_import_tells_its_bad_row(city, desk, tmp_path):
    table = tmp_path / "热线工单.csv"
    table.write_bytes(
        "工单编号,来电时间,来电人,联系电话,案件描述,发生地址,诉求类型\r\n"
        "BT1,2026-09-23 10:00,王女士,13800001111,楼上装修敲承重墙,徐泾镇诸光路,投诉\r\n"
        "BT2,没有日期,李先生,13800002222,楼道堆物,徐泾镇诸光路,投诉\r\n"
        "BT3,2026-09-22 08:30,赵先生,13800003333,小区里飞线充电,徐泾镇诸光路,投诉\r\n".encode("gb18030")
    )
    sign_in(desk, city, "paidan", PASSWORD)
    if desk.goto(city.url + "/imports/new").status == 404:
        pytest.skip("imports have no page yet")
    desk.locator("input[type=file]").set_input_files(str(table))
    desk.locator("[name=mapping][value=hotline]").check()
    press(desk.get_by_role("button", name="上传并预览"))
    said = desk.locator("main").inner_text()
    assert "可导入" in said and "BT" in said or "没有日期" in said or "日期" in said
    desk.get_by_role("button", name=re.compile("导入这")).click()
    desk.wait_for_url(re.compile(r"/imports/\d+"))
    for _ in range(40):
        desk.reload()
        if "已完成" in desk.locator("main").inner_text():
            break
        desk.wait_for_timeout(250)
    said = desk.locator("main").inner_text()
    assert "已完成" in said
    with desk.expect_download() as download:
        desk.locator("a[href$='errors.csv']").first.click()
    text = open(download.value.path(), encoding="utf-8-sig").read()
    assert "BT2" in text and "BT1" not in text
