"""Content negotiation and conditions, case by case (RFC 9110)."""

from __future__ import annotations

import pytest

from haihe.base.edge import negotiate

ALL = ("identity", "gzip", "br")


@pytest.mark.parametrize(
    ("header", "offered", "coding"),
    [
        (None, ALL, "identity"),
        ("", ALL, "identity"),
        ("gzip, deflate, br, zstd", ALL, "br"),
        ("gzip, deflate, br", ("identity", "gzip"), "gzip"),
        ("gzip", ALL, "gzip"),
        ("x-gzip", ALL, "gzip"),
        ("GZIP;Q=1", ALL, "gzip"),
        ("br;q=0.5, gzip;q=0.8", ALL, "gzip"),
        ("br ; q=0.5 , gzip ; q=0.5", ALL, "br"),
        ("br;q=0, gzip", ALL, "gzip"),
        ("br;q=0, gzip;q=0", ALL, "identity"),
        ("*", ALL, "br"),
        ("*;q=0", ALL, "identity"),
        ("*;q=0.5, br;q=0", ALL, "gzip"),
        ("gzip;q=0.5, identity", ALL, "identity"),
        ("gzip;q=0.001", ALL, "gzip"),
        ("identity;q=0, gzip", ALL, "gzip"),
        ("identity;q=0", ALL, "identity"),
        ("deflate", ALL, "identity"),
        ("gzip;q=nonsense, br;q=nan", ALL, "identity"),
        (",,;;=,q=1,", ALL, "identity"),
        ("br", ("identity",), "identity"),
        ("gzip;q=9", ALL, "gzip"),
    ],
)
def test_coding_for_accept_encoding(header: str | None, offered: tuple[str, ...], coding: str) -> None:
    assert negotiate.coding_for(header, offered) == coding


@pytest.mark.parametrize(
    ("header", "known"),
    [
        ('"a"', True),
        ('W/"a"', True),
        (' "b" , "a" ', True),
        ('"b","c",W/"a"', True),
        ("*", True),
        ('"b"', False),
        ('"a-gz"', False),
        ("a", False),
        ('"x,"a', False),
        ('"x, \\"a", "a"', True),
        ("", False),
        ('"', False),
        ('"b" "a"', True),
        (', , "a"', True),
        ('w/"a"', False),
    ],
)
def test_none_match_finds_the_tag(header: str, known: bool) -> None:
    assert negotiate.none_match(header, '"a"') is known


@pytest.mark.parametrize(
    ("header", "goes_on"), [("*", True), ('"a"', True), ('W/"a"', False), ('"b", "a"', True), ('"b"', False)]
)
def test_match_compares_strongly(header: str, goes_on: bool) -> None:
    assert negotiate.match(header, '"a"') is goes_on


@pytest.mark.parametrize(
    ("header", "changed"),
    [
        ("Tue, 14 Nov 2023 22:13:20 GMT", False),
        ("Tue, 14 Nov 2023 22:13:19 GMT", True),
        ("Tue, 14 Nov 2023 22:13:21 GMT", False),
        ("Tuesday, 14-Nov-23 22:13:20 GMT", False),
        ("yesterday", True),
        ("", True),
        ("Tue, 99 Nov 2023 22:13:20 GMT", True),
        ("Tue, 14 Nov 99999999999 22:13:20 GMT", True),
    ],
)
def test_modified_since(header: str, changed: bool) -> None:
    assert negotiate.modified_since(header, 1_700_000_000) is changed


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=0-", (0, 100)),
        ("bytes=90-", (90, 100)),
        ("bytes=90-500", (90, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=-500", (0, 100)),
        ("bytes=5-4", None),
        ("bytes=0-1,5-6", None),
        ("lines=0-1", None),
        ("bytes=a-b", None),
        ("bytes=-", None),
        ("bytes=٣-٤", None),
        ("bytes=0-99999999999999999999", None),
        ("", None),
    ],
)
def test_byte_range(header: str, part: tuple[int, int] | None) -> None:
    assert negotiate.byte_range(header, 100) == part


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=-0", "bytes=5000-6000"])
def test_byte_range_outside_is_refused(header: str) -> None:
    with pytest.raises(ValueError, match="bytes"):
        negotiate.byte_range(header, 100)
