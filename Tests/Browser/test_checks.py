"""The checks themselves find what they are for."""
from checks import faults

BAD = """<!doctype html><html lang="en"><head><title></title></head><body><h1>一</h1><h3>三</h3><h1>二</h1>
<input name="a"><img src="data:,"><a href="/x"></a><p id="p" style="color:#aaa">看不清</p><p id="p">二</p>
<div style="width:2000px">太宽</div><small style="font-size:12px">太小</small><span aria-describedby="none">x</span></body></html>"""
GOOD = """<!doctype html><html lang="zh-CN"><head><title>好</title></head><body><main><h1>一</h1><h2>二</h2>
<label>甲<input name="a" style="font-size:16px;height:44px"></label><p style="color:#333">看得清</p></main></body></html>"""


def test_a_bad_page_is_found_out(browser):
    page = browser.new_page()
    page.set_content(BAD)
    found = " ".join(faults(page))
    for word in ("in Chinese", "no title", "<main>", "2 headings", "skips a rank", "no label", "no alt", "nothing says", "contrast", "given twice", "wider", "described by nothing", "12 px"):
        assert word in found, (word, found)
    page.set_content(GOOD)
    assert faults(page) == []
    page.close()
