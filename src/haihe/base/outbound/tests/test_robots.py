"""Rules of robots.txt against a real server on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from haihe.base.outbound import AddressRefused, Client, HostBusy, Manners, Robots, RobotsRefused
from haihe.base.outbound.testing import LOOPBACK, Site, serving

RULES = """
User-agent: *
Disallow: /private/
Allow: /private/feed.xml

User-agent: Haihe
Disallow: /no-haihe/
Disallow: /*.zip$
"""


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        yield running


def robots(agent: str = "Haihe", **options: bool) -> Robots:
    return Robots(Client(allow=[LOOPBACK], agent=f"{agent}/1", manners=Manners(interval=0)), agent, **options)


def may(rules: Robots, site: Site, path: str) -> bool:
    try:
        rules.check(site.url(path))
    except RobotsRefused:
        return False
    return True


@pytest.mark.parametrize(
    ("agent", "path", "allowed"),
    [
        ("Haihe", "/feed.xml", True),
        ("Haihe", "/no-haihe/feed.xml", False),
        ("haihe", "/no-haihe/feed.xml", False),
        ("Haihe", "/data.zip", False),
        ("Haihe", "/private/a", True),  # its own group stands alone
        ("Other", "/private/a", False),
        ("Other", "/private/feed.xml", True),  # the longer rule wins
        ("Other", "/%70rivate/a", False),
    ],
)
def test_rules_of_the_own_group_decide(site: Site, agent: str, path: str, allowed: bool) -> None:
    site.put("/robots.txt", RULES)
    assert may(robots(agent, own_too=True), site, path) is allowed


def test_host_is_asked_once(site: Site) -> None:
    site.put("/robots.txt", RULES)
    rules = robots(own_too=True)
    assert [may(rules, site, "/no-haihe/"), may(rules, site, "/a"), may(rules, site, "/b")] == [False, True, True]
    assert [path for path, _headers in site.asked] == ["/robots.txt"]


def test_machines_of_the_operators_own_are_not_asked(site: Site) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /")
    assert may(robots(), site, "/feed.xml")
    assert site.asked == []


@pytest.mark.parametrize("status", [404, 410, 403])
def test_without_rules_everything_may_be_read(site: Site, status: int) -> None:
    site.put("/robots.txt", "", status=status)
    assert may(robots(own_too=True), site, "/feed.xml")


def test_rules_that_cannot_be_had_now_close_the_host_for_a_while(site: Site) -> None:
    site.put("/robots.txt", "", status=503)
    with pytest.raises(HostBusy, match="503") as caught:
        robots(own_too=True).check(site.url("/feed.xml"))
    assert 500 < caught.value.retry_after <= 600


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe\x00\x01" * 50,
        b"<html>not found</html>",
        b"Disallow: /\n" * 1000,
        b"a" * 3_000_000,
        b"\xef\xbb\xbf" + b"\n" * 9,
    ],
)
def test_nonsense_forbids_nothing(site: Site, body: bytes) -> None:
    site.put("/robots.txt", body)
    assert may(robots(own_too=True), site, "/feed.xml")


@pytest.mark.parametrize(("said", "kept"), [("7", 7), ("86400", 60), ("nonsense", 0), ("-5", 0)])
def test_pause_that_a_host_asks_for_is_kept(site: Site, said: str, kept: float) -> None:
    site.put("/robots.txt", f"User-agent: *\nCrawl-delay: {said}\n")
    manners = Manners(interval=0)
    rules = Robots(Client(allow=[LOOPBACK], agent="Haihe/1", manners=manners), "Haihe", own_too=True)
    rules.check(site.url("/feed.xml"))
    with manners.visiting("127.0.0.1", wait=0):
        pass
    if not kept:
        with manners.visiting("127.0.0.1", wait=0):
            return
    with pytest.raises(HostBusy) as busy, manners.visiting("127.0.0.1", wait=0):
        pass
    assert kept - 5 < busy.value.retry_after <= kept


def test_address_that_the_guard_refuses_is_refused_before_anything_is_asked() -> None:
    with pytest.raises(AddressRefused):
        Robots(Client(), "Haihe").check("http://127.0.0.1:80/feed.xml")
