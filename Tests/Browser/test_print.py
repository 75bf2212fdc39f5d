"""What is printed: A4, black on white, nothing of the screen's furniture, and the mark of demonstration data on every sheet."""
import re
import shutil
import subprocess

import pytest
from checks import FITS
from conftest import PASSWORD, sign_in

# The width and height of A4 in points, and what rounding may do to them.
A4 = (595, 842)

# What the screen has and paper has not, and what paper must have.
PRINTED = r"""
() => {
  const wrong = [];
  const shown = e => e.getClientRects().length > 0;
  for (const kind of ['.top', '.tabbar', '.filters', '.toolbar', '.pager', '.crumbs', '.skip', '.screen-only', '.foot', 'form .btn'])
    for (const e of document.querySelectorAll(kind)) if (shown(e)) { wrong.push(`printed: ${kind}`); break; }
  for (const e of document.querySelectorAll('main, .a4, .panel, .rows td')) {
    const ground = getComputedStyle(e).backgroundColor;
    if (!/rgba\(0, 0, 0, 0\)|rgb\(255, 255, 255\)/.test(ground)) { wrong.push(`a ground that eats ink: ${ground}`); break; }
  }
  if (!document.body.classList.contains('demo')) wrong.push('the page does not know that its data are a demonstration');
  return wrong;
}
"""


def pages_of(pdf, folder):
    """The sheets of a PDF as (width, height) and text each; the text only where pdftotext is installed."""
    path = folder / "sheet.pdf"
    path.write_bytes(pdf)
    boxes = [tuple(round(float(n)) for n in box) for box in re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", pdf)]
    if not shutil.which("pdftotext"):
        return boxes, None
    text = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout
    return boxes, [one for one in text.split("\f") if one.strip()]


def printed(page, folder):
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 960})
    assert page.evaluate(PRINTED) == [], page.url
    assert page.evaluate(FITS) == [], page.url
    boxes, texts = pages_of(page.pdf(prefer_css_page_size=True), folder)
    assert boxes and all(abs(w - A4[0]) <= 1 and abs(h - A4[1]) <= 1 for w, h in boxes), (page.url, boxes)
    if texts is not None:
        assert texts and all("演示数据" in text for text in texts), (page.url, [text[:80] for text in texts])
    page.emulate_media(media="screen")
    return boxes, texts


def test_a_code_sheet_is_one_page_with_a_code_that_can_be_scanned(city, desk, tmp_path):
    sign_in(desk, city, "xujing.dui1", PASSWORD)
    no = city.compound_of("徐泾")
    desk.goto(f"{city.url}/compounds/{no}/code-sheet")
    boxes, texts = printed(desk, tmp_path)
    assert len(boxes) == 1
    if texts is not None:
        assert f"/c/{no}" in texts[0] and "城管码" in texts[0] and "110" in texts[0]
    desk.emulate_media(media="print")
    code = desk.locator(".code-sheet .qr svg").bounding_box()
    # Ten centimetres at 96 points an inch: read from two metres away.
    assert code["width"] >= 360 and abs(code["width"] - code["height"]) < 2


def test_a_squads_sheets_are_one_page_each(city, desk, tmp_path):
    sign_in(desk, city, "xujing.dui1", PASSWORD)
    desk.goto(f"{city.url}/code-sheets")
    sheets = desk.locator(".a4").count()
    boxes, _ = printed(desk, tmp_path)
    assert sheets > 1 and len(boxes) == sheets


@pytest.mark.parametrize("role, path, link", [
    ("paidan", "/matters", None), ("paidan", "/matters", "main a[href^='/matters/M']"), ("quju", "/compounds", "main .row-link"),
])
def test_lists_and_files_print(role, path, link, city, desk, tmp_path):
    sign_in(desk, city, role, PASSWORD)
    desk.goto(city.url + path)
    if link:
        desk.goto(city.url + desk.locator(link).first.get_attribute("href"))
    printed(desk, tmp_path)


def test_a_firms_receipt_prints(city, desk, tmp_path):
    sign_in(desk, city, "wuye", PASSWORD)
    desk.goto(city.url + "/firm/report")
    form = desk.locator("form[action='/firm/report']")
    form.locator("select[name=compound]").select_option(index=1)
    for name, words in {"content": "阳台外搭建钢架，劝阻后仍在施工。", "place": "3号楼101室", "patrol": "上午九时巡查发现", "dissuasion": "当面劝阻并送达告知书"}.items():
        form.locator(f"[name={name}]").fill(words)
    form.locator("[name=outcome]").first.check()
    form.get_by_role("button").last.click()
    desk.wait_for_url(re.compile("/firm/reports/S"))
    printed(desk, tmp_path)
    desk.goto(desk.url + "/receipt")
    boxes, texts = printed(desk, tmp_path)
    if texts is not None:
        assert "演示数据，不作凭证" in "".join(texts)
