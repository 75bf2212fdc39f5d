"""Evidence on its pages, with a script: a film over a line that breaks, a picture that is masked with the finger."""
import hashlib
import os
import re
import struct
import subprocess
import wave
import zlib

import pytest
from conftest import PASSWORD, ROOT, environment, press, program, sign_in


def png(width, height):
    rows = b"".join(b"\0" + b"\xff\xff\xff" * width for _ in range(height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.fixture
def case(desk, browser, city):
    """A case that the officer at the desk handles."""
    sign_in(desk, city, "xujing1", PASSWORD)
    desk.goto(f"{city.url}/cases/new")
    form = desk.locator("form[action='/cases']")
    form.locator("[name=item]").select_option("kitchen-bathroom-conversion")
    form.locator("[name=procedure][value=ordinary]").check()
    form.locator("[name=place]").fill("康虹花园12号302室")
    form.get_by_role("button", name="登记线索").click()
    desk.wait_for_url(re.compile(r"/cases/C\d"))
    no = re.search(r"/cases/(C[\d-]+)", desk.url).group(1)
    leader = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai").new_page()
    sign_in(leader, city, "xujing.dui1", PASSWORD)
    leader.goto(f"{city.url}/certificates")
    leader.evaluate(
        """async () => {
          for (const [i, form] of [...document.querySelectorAll("form[action^='/certificates/']")].entries()) {
            const data = new URLSearchParams(new FormData(form));
            data.set('number', `沪QP${1000 + i}`);
            data.set('until', '2036-12-31');
            await fetch(form.action, { method: 'POST', body: data });
          }
        }"""
    )
    leader.goto(f"{city.url}/cases/{no}/steps/assign")
    for box in leader.locator("[name=officers]").all():
        box.check()
    press(leader.locator("form[action$='/steps/assign'] button[type=submit]").last)
    assert leader.url.endswith(no), leader.locator("main").inner_text()[:500]
    leader.context.close()
    return no


def test_a_film_goes_on_where_the_line_broke(desk, city, case, tmp_path):
    film = tmp_path / "执法仪0923.bin"
    film.write_bytes(os.urandom(20 << 20))
    sent = []

    def line(route):
        sent.append(route.request.url)
        # The second part is lost on its way.
        if len(sent) == 2:
            route.abort()
        else:
            route.continue_()

    desk.route(re.compile(r"/uploads/\d+\?offset="), line)
    desk.goto(f"{city.url}/cases/{case}/exhibits/new?way=films")
    desk.locator("[data-parts] input[type=file]").set_input_files(str(film))
    box = desk.locator("[name=upload]")
    box.wait_for(timeout=60_000)
    offsets = [int(re.search(r"offset=(\d+)", url).group(1)) for url in sent]
    assert offsets == [0, 8 << 20, 8 << 20, 16 << 20], offsets
    assert box.is_checked()
    desk.locator("[name=title]").fill("现场检查录像")
    desk.locator("[name=proves]").fill("检查过程合法")
    desk.get_by_role("button", name="登记").last.click()
    desk.wait_for_url(re.compile(r"/exhibits$"))
    assert "现场检查录像" in desk.locator("main").inner_text()
    with desk.expect_download() as download:
        desk.goto(f"{city.url}/cases/{case}/exhibits/1")
        desk.get_by_role("link", name="下载原件").click()
    with open(download.value.path(), "rb") as original:
        assert original.read() == film.read_bytes()
    # On the machine, while the program serves: proven, carried out, proven by others, and a flipped byte is named.
    def longtang(*arguments):
        return subprocess.run([program(), "evidence", *arguments, "--data", str(city.store)], cwd=ROOT, env=environment(0), capture_output=True, text=True)

    whole = longtang("verify", case)
    assert whole.returncode == 0 and "没有发现改动" in whole.stdout, whole.stdout + whole.stderr
    exported = longtang("export", case, "--out", str(tmp_path / "e.zip"))
    assert exported.returncode == 0, exported.stdout + exported.stderr
    out = tmp_path / "out"
    subprocess.run(["python3", "-m", "zipfile", "-e", str(tmp_path / "e.zip"), str(out)], check=True)
    assert subprocess.run(["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=out).returncode == 0
    assert subprocess.run(["python3", "verify.py"], cwd=out).returncode == 0
    name = hashlib.sha256(film.read_bytes()).hexdigest()
    kept = city.store / "files" / name[:2] / name[2:4] / name
    kept.chmod(0o640)
    bytes_ = bytearray(kept.read_bytes())
    bytes_[12345] ^= 1
    kept.write_bytes(bytes_)
    altered = longtang("verify", case)
    assert altered.returncode == 2 and "证据 1：原件与登记的哈希不符" in altered.stdout, altered.stdout + altered.stderr
    desk.goto(f"{city.url}/cases/{case}/exhibits")
    press(desk.get_by_role("button", name="核验全部证据"))
    assert "原件与登记的哈希不符" in desk.locator("main").inner_text()
    bytes_[12345] ^= 1
    kept.write_bytes(bytes_)


def test_a_face_is_masked_with_the_finger(desk, city, case, tmp_path):
    photo = tmp_path / "门厅.png"
    photo.write_bytes(png(600, 400))
    desk.goto(f"{city.url}/cases/{case}/exhibits/new")
    desk.locator("input[name=files]").set_input_files(str(photo))
    desk.locator("[name=title]").fill("门厅")
    desk.locator("[name=proves]").fill("现状")
    desk.get_by_role("button", name="登记").last.click()
    desk.wait_for_url(re.compile(r"/exhibits$"))
    desk.goto(f"{city.url}/cases/{case}/exhibits/1/mask")
    canvas = desk.locator("[data-mask] canvas")
    canvas.wait_for()
    frame = canvas.bounding_box()
    desk.mouse.move(frame["x"] + frame["width"] * 0.25, frame["y"] + frame["height"] * 0.25)
    desk.mouse.down()
    desk.mouse.move(frame["x"] + frame["width"] * 0.75, frame["y"] + frame["height"] * 0.5, steps=4)
    desk.mouse.up()
    left, top, width, height = (float(n) for n in desk.locator("[name=areas]").input_value().split())
    assert abs(left - 25) < 1 and abs(top - 25) < 1 and abs(width - 50) < 1 and abs(height - 25) < 1
    desk.get_by_role("button", name="保存副本").click()
    desk.wait_for_url(re.compile(r"/exhibits/2$"))
    assert "公开用副本" in desk.locator("main").inner_text()
    # What is served is black in the middle and white at the edge.
    colours = desk.evaluate(
        """async address => {
          const picture = await createImageBitmap(await (await fetch(address)).blob());
          const canvas = Object.assign(document.createElement('canvas'), { width: picture.width, height: picture.height });
          const pen = canvas.getContext('2d');
          pen.drawImage(picture, 0, 0);
          return [[0.5, 0.4], [0.1, 0.1]].map(([x, y]) => pen.getImageData(x * picture.width, y * picture.height, 1, 1).data[0]);
        }""",
        f"/cases/{case}/exhibits/2/picture",
    )
    assert colours[0] < 20 and colours[1] > 235


def test_a_recording_is_played_from_where_one_wants(desk, city, case, tmp_path):
    sound = tmp_path / "询问录音.wav"
    with wave.open(str(sound), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(1)
        out.setframerate(8000)
        out.writeframes(bytes(range(100, 150)) * 96_000)
    desk.goto(f"{city.url}/cases/{case}/exhibits/new?way=document")
    desk.locator("input[name=files]").set_input_files(str(sound))
    desk.locator("[name=title]").fill("询问录音")
    desk.locator("[name=proves]").fill("何时动工")
    desk.get_by_role("button", name="登记").last.click()
    desk.wait_for_url(re.compile(r"/exhibits$"))
    got = []
    desk.on("response", lambda answer: got.append(answer) if answer.url.endswith("/original") else None)
    desk.goto(f"{city.url}/cases/{case}/exhibits/1")
    desk.wait_for_load_state("networkidle")
    assert not got, "fetched before anybody pressed play"
    length, at = desk.locator("audio").evaluate(
        """async sound => {
          sound.muted = true;
          await sound.play();
          const there = new Promise(done => sound.addEventListener('seeked', done, { once: true }));
          sound.currentTime = 590;
          await there;
          return [sound.duration, sound.currentTime];
        }"""
    )
    assert abs(length - 600) < 1 and at >= 590
    assert got and {answer.status for answer in got} == {206}
    assert all(answer.header_value("content-range").endswith(f"/{sound.stat().st_size}") for answer in got)
    # However often the player came, it was one look.
    desk.goto(f"{city.url}/cases/{case}/exhibits/1")
    assert desk.locator("main").inner_text().count("查看原件") == 1
