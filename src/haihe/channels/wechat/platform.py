"""The calls of the WeChat Official Accounts Platform that a draft needs, and what its error codes mean.

Source: WeChat Official Accounts Platform: stable_token, media/uploadimg, material/add_material, draft/add,
draft/update, draft/delete, draft/batchget, global return codes.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from haihe.channels import http
from haihe.releases.delivery.errors import NotAccepted, NotNow

STALE = {40001, 40014, 42001}  # the token is none, or is over
BUSY = {-1: 60.0, 45011: 60.0, 45009: 6 * 3600.0}  # system busy; too fast; the day's calls are used up
PAGE = 20  # drafts that batchget gives at once
PAGES = 3

_tokens: dict[tuple[str, str], tuple[str, float]] = {}
_lock = threading.Lock()


class Platform:
    """One account. base: of the platform, without a slash at its end."""

    def __init__(self, base: str, app_id: str, secret: str) -> None:
        self._base, self._app, self._secret = base.rstrip("/"), app_id, secret

    def upload_picture(self, data: bytes) -> str:
        """Address of a picture for the text of an article."""
        return str(self._file("/cgi-bin/media/uploadimg", data, "")["url"])

    def upload_cover(self, data: bytes) -> str:
        """Id of a permanent picture."""
        return str(self._file("/cgi-bin/material/add_material", data, "&type=image")["media_id"])

    def add(self, article: Mapping[str, Any]) -> str:
        return str(self._call("/cgi-bin/draft/add", {"articles": [article]})["media_id"])

    def update(self, media_id: str, article: Mapping[str, Any]) -> None:
        self._call("/cgi-bin/draft/update", {"media_id": media_id, "index": 0, "articles": article})

    def delete(self, media_id: str) -> None:
        self._call("/cgi-bin/draft/delete", {"media_id": media_id})

    def find(self, source_url: str) -> str:
        """Id of the newest draft that names this address as its source; "" where the newest sixty hold none."""
        for page in range(PAGES):
            said = self._call("/cgi-bin/draft/batchget", {"offset": page * PAGE, "count": PAGE, "no_content": 1})
            items = said.get("item", [])
            for item in items:
                news = item.get("content", {}).get("news_item", [])
                if any(one.get("content_source_url") == source_url for one in news):
                    return str(item["media_id"])
            if len(items) < PAGE:
                break
        return ""

    def _call(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        data = json.dumps(body, ensure_ascii=False).encode()  # the platform takes no \u escapes for Chinese
        return self._with_token(path, "", data, "application/json; charset=utf-8")

    def _file(self, path: str, data: bytes, query: str) -> dict[str, Any]:
        edge = f"haihe{secrets.token_hex(12)}"
        head = f'--{edge}\r\nContent-Disposition: form-data; name="media"; filename="picture.jpg"\r\n'
        whole = head.encode() + b"Content-Type: image/jpeg\r\n\r\n" + data + f"\r\n--{edge}--\r\n".encode()
        return self._with_token(path, query, whole, f"multipart/form-data; boundary={edge}")

    def _with_token(self, path: str, query: str, body: bytes, content_type: str) -> dict[str, Any]:
        for again in (False, True):
            url = f"{self._base}{path}?access_token={self._token(fresh=again)}{query}"
            said = _said(http.send(url, body, {"Content-Type": content_type}))
            code = int(said.get("errcode") or 0)
            if code in STALE and not again:
                continue
            if code:
                raise _error(code, str(said.get("errmsg", "")))
            return said
        raise AssertionError("unreachable")

    def _token(self, *, fresh: bool) -> str:
        """The account's token, shared by all threads; never in an error and never in a log."""
        key = (self._base, self._app)
        with _lock:
            held, until = _tokens.get(key, ("", 0.0))
            if held and not fresh and time.monotonic() < until:
                return held
            asked = {"grant_type": "client_credential", "appid": self._app, "secret": self._secret}
            url = f"{self._base}/cgi-bin/stable_token"
            said = _said(http.send(url, json.dumps(asked).encode(), {"Content-Type": "application/json"}))
            if code := int(said.get("errcode") or 0):
                raise _error(code, str(said.get("errmsg", "")))
            token = str(said["access_token"])
            _tokens[key] = (token, time.monotonic() + max(60.0, float(said.get("expires_in", 7200)) - 300))
            return token


def _said(answer: Any) -> dict[str, Any]:
    try:
        said = json.loads(answer.body)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise NotNow(_("The answer is no JSON."), status=answer.status, answer=http.words(answer))
    return said


def _error(code: int, message: str) -> NotAccepted | NotNow:
    said = f"{code} {message}"[:300]
    if code in BUSY:
        return NotNow(_("The platform refused it for now (%(code)s).") % {"code": code}, answer=said,
                      retry_after=BUSY[code], status=200)  # fmt: skip
    return NotAccepted(_("The platform refused it (%(code)s).") % {"code": code}, answer=said, status=200)
