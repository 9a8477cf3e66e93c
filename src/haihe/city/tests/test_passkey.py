"""A passkey is registered and used in a real browser, with Chromium's virtual authenticator."""

import pytest

from haihe.city.domain.organisations import found
from haihe.city.domain.people import grant
from haihe.city.models import Person

PASSWORD = "three-green-boats"


@pytest.fixture
def page(browser):
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield page
    context.close()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_passkey_is_registered_and_signs_in(page, live_server):
    person = Person.objects.create_user("li", "li@mail.example", PASSWORD)
    grant(person, "reporter", found("河东区融媒体中心"))

    page.goto(f"{live_server.url}/account/login/?next=/account/2fa/webauthn/add/")
    page.fill("[name=login]", "li")
    page.fill("[name=password]", PASSWORD)
    page.click("button[type=submit].button--main")
    page.wait_for_url("**/account/reauthenticate/**")  # a new key needs the password once more
    page.fill("[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url("**/account/2fa/webauthn/add/")
    page.fill("[name=name]", "手机")
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda url: "webauthn/add" not in url)
    assert [a.wrap().is_passwordless for a in person.authenticator_set.filter(type="webauthn")] == [True]

    page.context.clear_cookies()
    page.goto(f"{live_server.url}/admin/")
    assert "/account/login/" in page.url
    page.click("#passkey_login")
    page.wait_for_url(f"{live_server.url}/admin/")
    assert page.locator("h1").count() >= 1
