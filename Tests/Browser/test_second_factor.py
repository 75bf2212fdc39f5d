"""A second factor from its enrolment to the next sign-in, on a phone, in a real office."""
import base64
import hmac
import re
import struct
import time

from conftest import press, serve, sign_in
import pytest


def code(key, step):
    """RFC 6238 as an app on a phone would do it."""
    mac = hmac.new(base64.b32decode(key), struct.pack(">Q", step), "sha1").digest()
    at = mac[19] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def step():
    return int(time.time()) // 30


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    yield from serve("init", tmp_path_factory.mktemp("factor"))


def test_enrolment_and_the_next_sign_in(real, phone):
    once = re.search(r"\saudit\s+(\S+)", real.said).group(1)
    new = "弄堂口的梧桐树 2026"
    sign_in(phone, real, "audit", once)
    phone.get_by_label("原密码").fill(once)
    phone.get_by_label("新密码", exact=True).fill(new)
    phone.get_by_label("再填一遍新密码").fill(new)
    press(phone.get_by_role("button", name="修改密码"))

    # Nothing else opens before it is done.
    phone.goto(real.url + "/audit")
    assert phone.url == real.url + "/account/factor"
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    phone.get_by_role("button", name="开始").click()
    phone.wait_for_url(real.url + "/account/factor/enrol")
    assert phone.locator(".qr-small svg").is_visible()
    phone.get_by_text("就在这台手机上").click()
    key = phone.locator(".key code").inner_text().replace(" ", "")
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    phone.get_by_label("验证码").fill("000000")
    press(phone.get_by_role("button", name="开启两步验证"))
    assert phone.get_by_role("alert").get_by_text("验证码不对").count() == 1
    used = step()
    phone.get_by_label("验证码").fill(code(key, used))
    phone.get_by_role("button", name="开启两步验证").click()
    phone.wait_for_selector(".codes")
    codes = phone.locator(".codes code").all_inner_texts()
    assert len(set(codes)) == 10
    phone.get_by_role("link", name="已经收好").click()
    phone.wait_for_url(real.url + "/audit")

    phone.context.clear_cookies()
    # The app's next code, which the server takes half a minute early: the one of the enrolment is spent.
    sign_in(phone, real, "audit", new)
    assert phone.url == real.url + "/sign-in/code"
    phone.get_by_label("验证码").fill(code(key, used))
    press(phone.get_by_role("button", name="登录", exact=True))
    assert phone.get_by_role("alert").get_by_text("验证码不对").count() == 1
    phone.get_by_label("验证码").fill(code(key, max(used + 1, step())))
    phone.get_by_role("button", name="登录", exact=True).click()
    phone.wait_for_url(real.url + "/audit")

    # Without the phone: one of the printed codes.
    phone.context.clear_cookies()
    sign_in(phone, real, "audit", new)
    phone.get_by_text("手机不在身边").click()
    phone.get_by_label("恢复码").fill(codes[4].lower())
    phone.get_by_role("button", name="登录", exact=True).click()
    phone.wait_for_url(real.url + "/audit")
