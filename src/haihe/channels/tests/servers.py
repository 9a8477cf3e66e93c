"""Servers that follow the published protocols of networks, their errors and limits included. Imported by tests only."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

Answer = tuple[Any, ...]  # status, body, and perhaps headers


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode(), keep_blank_values=True).items()}


@contextmanager
def http_server(answer: Callable[[Asked], Answer | None]) -> Iterator[str]:
    """A server on loopback; None as the answer closes the connection after reading. Gives its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            found = answer(Asked(self.command, parts.path, query, headers, body))
            if found is None:
                self.close_connection = True
                self.connection.close()
                return
            status, said = found[:2]
            more: dict[str, str] = found[2] if len(found) > 2 else {}
            data = said if isinstance(said, bytes) else json.dumps(said, ensure_ascii=False).encode()
            self.send_response(status)
            for name, value in ({"Content-Type": "application/json"} | more).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _any

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@dataclass
class WeChatPlatform:
    """The Official Accounts Platform: tokens, pictures, drafts; limits and codes as documented.

    errors   path → codes to answer next, one after the other;  cut: paths whose next answer never arrives
    """

    app_id: str = "wx1"
    secret: str = "s3cret"
    drafts: dict[str, dict[str, Any]] = field(default_factory=dict)
    pictures: list[bytes] = field(default_factory=list)
    errors: dict[str, list[int]] = field(default_factory=dict)
    cut: set[str] = field(default_factory=set)
    tokens: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Answer | None:
        self.calls.append(asked.path)
        if waiting := self.errors.get(asked.path):
            return 200, {"errcode": waiting.pop(0), "errmsg": "as told"}
        said = self._answer(asked)
        if asked.path in self.cut:
            self.cut.discard(asked.path)
            return None
        return 200, said

    def _answer(self, asked: Asked) -> dict[str, Any]:
        if asked.path == "/cgi-bin/stable_token":
            if (asked.json["appid"], asked.json["secret"]) != (self.app_id, self.secret):
                return {"errcode": 40125, "errmsg": "invalid appsecret"}
            self.tokens.append(f"token{len(self.tokens)}")
            return {"access_token": self.tokens[-1], "expires_in": 7200}
        if asked.query.get("access_token") not in self.tokens[-1:]:
            return {"errcode": 40001, "errmsg": "invalid credential"}
        name = asked.path.removeprefix("/cgi-bin/").replace("/", "_")
        return getattr(self, name)(asked)

    def media_uploadimg(self, asked: Asked) -> dict[str, Any]:
        found = re.search(
            rb'name="media"; filename="[^"]+"\r\nContent-Type: image/jpeg\r\n\r\n(.+)\r\n--', asked.body, re.S
        )
        if not found or not found[1].startswith(b"\xff\xd8"):
            return {"errcode": 40005, "errmsg": "invalid file type"}
        if len(found[1]) > 1024 * 1024:
            return {"errcode": 40009, "errmsg": "invalid image size"}
        self.pictures.append(found[1])
        return {"url": f"https://mmbiz.qpic.cn/{len(self.pictures)}"}

    def material_add_material(self, asked: Asked) -> dict[str, Any]:
        return {"media_id": f"cover{len(self.pictures)}", "url": self.media_uploadimg(asked)["url"]}

    def draft_add(self, asked: Asked) -> dict[str, Any]:
        article = asked.json["articles"][0]
        if wrong := self._wrong(article):
            return wrong
        name = f"draft{len(self.drafts) + 1}"
        self.drafts[name] = article
        return {"media_id": name}

    def draft_update(self, asked: Asked) -> dict[str, Any]:
        if asked.json["media_id"] not in self.drafts:
            return {"errcode": 40007, "errmsg": "invalid media_id"}
        if wrong := self._wrong(asked.json["articles"]):
            return wrong
        self.drafts[asked.json["media_id"]] = asked.json["articles"]
        return {"errcode": 0, "errmsg": "ok"}

    def draft_delete(self, asked: Asked) -> dict[str, Any]:
        self.drafts.pop(asked.json["media_id"], None)
        return {"errcode": 0, "errmsg": "ok"}

    def draft_batchget(self, asked: Asked) -> dict[str, Any]:
        items = [{"media_id": name, "content": {"news_item": [one]}} for name, one in reversed(self.drafts.items())]
        start = asked.json["offset"]
        return {"total_count": len(items), "item": items[start : start + asked.json["count"]]}

    @staticmethod
    def _wrong(article: dict[str, Any]) -> dict[str, Any]:
        for name, most, code in (
            ("title", 32, 45003),
            ("digest", 128, 45004),
            ("author", 16, 45110),
            ("content", 19_999, 45002),
        ):
            if len(article[name]) > most:
                return {"errcode": code, "errmsg": f"{name} size out of limit"}
        if not article.get("thumb_media_id"):
            return {"errcode": 40007, "errmsg": "invalid media_id"}
        return {}


@dataclass
class Bucket:
    """An S3 bucket: PUT, GET, DELETE of objects by path; signed requests only."""

    objects: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    refuse: bool = False

    def __call__(self, asked: Asked) -> Answer:
        if self.refuse or "AWS4-HMAC-SHA256" not in asked.headers.get("authorization", ""):
            return 403, b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>"
        if asked.method == "PUT":
            self.objects[asked.path] = (asked.headers.get("content-type", ""), asked.body)
            return 200, b"", {"ETag": f'"{hashlib.sha256(asked.body).hexdigest()}"'}
        if asked.method == "DELETE":
            self.objects.pop(asked.path, None)
            return 204, b""
        if asked.method == "POST" and "delete" in asked.headers.get("x-amz-target", "delete"):
            keys = [key.decode() for key in re.findall(rb"<Key>(.*?)</Key>", asked.body)]
            for key in keys:
                self.objects.pop(f"/{asked.path.strip('/')}/{key}", None)
            deleted = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
            return 200, f'<?xml version="1.0"?><DeleteResult>{deleted}</DeleteResult>'.encode()
        return 404, b""


@contextmanager
def sftp_server(root: Path) -> Iterator[tuple[int, str]]:
    """A real SFTP server that shows `root`. Gives its port and its host key as staff write it down."""
    import asyncssh

    key = asyncssh.generate_private_key("ssh-ed25519")

    class Door(asyncssh.SSHServer):
        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, given: str) -> bool:
            return (username, given) == ("haihe", "pass")

    loop = asyncio.new_event_loop()
    ready: list[Any] = []
    started = threading.Event()

    async def start() -> None:
        server = await asyncssh.create_server(
            Door, "127.0.0.1", 0, server_host_keys=[key],
            sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(root).encode()),
        )  # fmt: skip
        ready.append(server)
        started.set()

    async def stop() -> None:
        ready[0].close()
        await ready[0].wait_closed()

    def run() -> None:
        loop.run_until_complete(start())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert started.wait(20)
    try:
        yield ready[0].get_port(), key.export_public_key().decode().strip()
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
