from __future__ import annotations

import json
import re
from typing import Any

import html5lib
import pytest
from django.test import Client
from lxml import html

from haihe.portal.domain.reference import reference_of
from haihe.portal.tests import factory

pytestmark = pytest.mark.django_db


def test_page_shows_every_operation_of_the_document_in_both_languages(client: Client) -> None:
    document = json.loads(client.get("/api/v1/openapi.json").content)
    known = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    for path in ("/developers/", "/en/developers/"):
        response = client.get(path)
        html5lib.HTMLParser(strict=True).parse(response.content.decode())
        tree = html.fromstring(response.content)
        shown = {
            (one.cssselect(".api__method")[0].text, one.cssselect(".api__path")[0].text)
            for one in tree.cssselect("details:has(.api__method)")
        }
        assert shown == known != set()
        ids = tree.xpath("//@id")
        assert len(ids) == len(set(ids))
        assert {link[1:] for link in tree.xpath("//main//a/@href[starts-with(., '#')]")} <= set(ids)


def test_forms_without_script_ask_what_the_document_says(client: Client) -> None:
    factory.story("可读的", section=factory.section())
    tree = html.fromstring(client.get("/developers/").content)
    (form,) = tree.xpath("//form[@action='/api/v1/publications']")
    query: Any = {field.get("name"): field.get("value", "") for field in form.xpath(".//input[@name]")}
    answer = json.loads(client.get(form.get("action"), {**query, "section": "culture"}).content)

    assert [one["title"] for one in answer["items"]] == ["可读的"]
    assert form.xpath(".//button[@hidden]") == []


def test_closed_operations_say_so_and_are_tried_with_a_token_only(client: Client) -> None:
    tree = html.fromstring(client.get("/developers/").content)
    closed = tree.cssselect("details:has(.api__closed)")
    assert closed != []
    for one in closed:
        assert "Authorization: Bearer TOKEN" in one.text_content()
        assert one.xpath(".//form[not(@data-closed)]") == []
        assert one.xpath(".//button[not(@hidden)]") == []


def test_document_with_holes_is_shown_as_far_as_it_goes() -> None:
    found = reference_of({"paths": {"/x": {"get": {"parameters": [{"name": "n", "in": "query"}]}}}})
    assert [(one.path, one.parameters[0].kind) for one in found.groups[""]] == [("/x", "any")]
    assert reference_of({}).groups == {}


def test_reader_tries_an_operation_in_the_browser(browser: Any, live_server: Any, transactional_db: None) -> None:
    story = factory.story("三岔河口的清晨")
    asked: list[str] = []
    page = browser.new_page()
    try:
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{live_server.url}/developers/")
        operation = page.locator("details", has=page.get_by_text("/api/v1/publications/{key}", exact=True)).first
        operation.locator("summary").click()
        operation.get_by_label(re.compile("key")).fill(str(story.pk))
        operation.get_by_role("button").click()
        operation.get_by_text("三岔河口的清晨").wait_for()
        assert "200" in operation.locator(".api__answer p").inner_text()
        assert {url for url in asked if not url.startswith(live_server.url)} == set()
    finally:
        page.close()
