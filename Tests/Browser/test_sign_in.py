import re

from conftest import press, sign_in


def one_time_password(office, login):
    return re.search(rf"\s{login}\s+(\S+)", office.said).group(1)


def test_a_first_sign_in_must_choose_a_password(office, phone):
    password = one_time_password(office, "security")
    sign_in(phone, office, "security", password)
    assert phone.url == office.url + "/account/password"
    # Nothing else opens until it is done.
    phone.goto(office.url + "/")
    phone.goto(office.url + "/account/password")

    phone.get_by_label("原密码").fill(password)
    phone.get_by_label("新密码", exact=True).fill("梧桐树下的弄堂口")
    phone.get_by_label("再填一遍新密码").fill("梧桐树下的弄堂")
    press(phone.get_by_role("button", name="修改密码"))
    assert phone.get_by_role("alert").get_by_text("两次填写的新密码不一致").count() == 1

    phone.get_by_label("原密码").fill(password)
    phone.get_by_label("新密码", exact=True).fill("梧桐树下的弄堂口 2026")
    phone.get_by_label("再填一遍新密码").fill("梧桐树下的弄堂口 2026")
    phone.get_by_role("button", name="修改密码").click()
    phone.wait_for_url(lambda url: "/account/password" not in url)


def test_a_wrong_password_says_so_and_keeps_the_account(office, desk):
    sign_in(desk, office, "nobody", "wrong password")
    assert desk.url == office.url + "/sign-in"
    assert desk.get_by_role("alert").get_by_text("登录名或密码有误").count() == 1
    assert desk.get_by_label("账号").input_value() == "nobody"
    assert desk.get_by_label("密码").input_value() == ""


def test_who_is_not_signed_in_comes_back_to_the_page_they_asked_for(office, phone):
    answer = phone.goto(office.url + "/account/password?x=1")
    assert answer.status == 200
    assert phone.url == office.url + "/sign-in?next=%2Faccount%2Fpassword%3Fx%3D1"
    assert phone.locator("input[name=next]").input_value() == "/account/password?x=1"


def test_the_pages_fit_a_phone(office, phone):
    phone.goto(office.url + "/sign-in")
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert phone.evaluate("getComputedStyle(document.querySelector('button')).minHeight !== '0px'")
