import pytest
from django.core.cache import cache
from django.test import override_settings

from haihe.city.accounts.adapters import MFAAdapter
from haihe.city.domain.organisations import found
from haihe.city.domain.people import grant
from haihe.city.models import Person

pytestmark = pytest.mark.django_db
PASSWORD = "three-green-boats"


@pytest.fixture(autouse=True)
def _no_tries_counted():
    cache.clear()


@pytest.fixture
def person():
    person = Person.objects.create_user("li", "li@mail.example", PASSWORD)
    grant(person, "reporter", found("own"))
    return person


def sign_in(client, login, password=PASSWORD, **extra):
    return client.post("/account/login/", {"login": login, "password": password, **extra})


@pytest.mark.parametrize("login", ["li", "li@mail.example", "LI@mail.example"])
def test_sign_in_by_name_or_address_leads_to_the_desk(client, person, login):
    assert sign_in(client, login).headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_somebody_without_a_role_is_led_to_the_account(client, db):
    Person.objects.create_user("guest", "guest@mail.example", PASSWORD)
    assert sign_in(client, "guest").headers["Location"] == "/account/"
    page = client.get("/account/", headers={"accept-language": "en"})
    assert "You hold no role yet" in page.content.decode()


def test_sign_in_goes_on_to_where_one_wanted_but_to_no_other_site(client, person):
    assert sign_in(client, "li", next="/admin/people/").headers["Location"] == "/admin/people/"
    client.logout()
    assert sign_in(client, "li", next="https://evil.example/").headers["Location"] == "/admin/"


def test_wrong_password_and_unknown_name_read_alike(client, person):
    wrong = sign_in(client, "li", "wrong-password-x").context["form"].errors
    unknown = sign_in(client, "nobody", "wrong-password-x").context["form"].errors
    assert wrong == unknown
    assert wrong


def test_switched_off_account_does_not_enter(client, person):
    Person.objects.filter(pk=person.pk).update(is_active=False)
    sign_in(client, "li")
    assert client.get("/admin/").status_code == 302


def test_tries_are_limited_and_the_right_password_waits_too(client, person):
    for _ in range(6):
        sign_in(client, "li", "wrong-password-x")
    assert sign_in(client, "li").status_code != 302
    cache.clear()
    assert sign_in(client, "li").status_code == 302


def test_sign_up_is_closed_unless_the_operator_opens_it(client):
    from django.conf import settings

    data = {"username": "new", "email": "new@mail.example", "password1": PASSWORD, "password2": PASSWORD}
    client.post("/account/signup/", data)
    assert Person.objects.count() == 0
    page = client.get("/account/signup/", headers={"accept-language": "en"})
    assert "No open sign-up" in page.content.decode()
    from dataclasses import replace

    with override_settings(HAIHE=replace(settings.HAIHE, open_sign_up=True)):
        client.post("/account/signup/", data)
    assert Person.objects.get().username == "new"


@pytest.mark.parametrize("bad", ["short-1", "1234567890123", "password123456"[:11], "li@mail.example"])
def test_weak_passwords_are_refused(client, person, bad):
    client.force_login(person)
    client.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": bad, "password2": bad})
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_account_page_changes_ones_own_names(client, person):
    client.force_login(person)
    client.post("/account/", {"first_name": "华", "last_name": "李", "pen_name": "河风"})
    person.refresh_from_db()
    assert (person.pen_name, person.last_name) == ("河风", "李")
    assert "own · " in client.get("/account/").content.decode()


def test_account_pages_need_a_sign_in(client):
    for address in ("/account/", "/account/2fa/", "/account/email/", "/account/password/change/"):
        response = client.get(address)
        assert response.headers["Location"].startswith("/account/login/")


def test_second_factor_secrets_lie_encrypted():
    kept = MFAAdapter().encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in kept
    assert MFAAdapter().decrypt(kept) == "JBSWY3DPEHPK3PXP"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("address", ["/account/login/", "/account/password/reset/", "/account/signup/"])
def test_entrance_pages_stand_in_both_languages(client, address, language):
    page = client.get(address, headers={"accept-language": language}).content.decode()
    assert ('lang="zh' in page, 'lang="en"' in page.split("<head>")[0]) == (True, language == "en")
