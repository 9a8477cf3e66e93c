"""Uploads in the edge: `/-/uploads/<id>` after tus 1.0. No Django, and no database connection while bytes come.

Django begins an upload (`POST /api/v1/uploads`) and says who may go on with it; the edge asks it again every five
minutes with the credentials of the request at hand. The bytes go from the line to the file, 64 KiB at a time.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from contextlib import suppress
from email.utils import formatdate
from pathlib import Path
from typing import Any

from haihe.archive.domain import uploads
from haihe.base.config import load
from haihe.base.edge.asking import SILENT, ask
from haihe.base.edge.proxy import Refused, patient
from haihe.base.edge.routes import Request
from haihe.base.errors import HaiheError

log = logging.getLogger("haihe.edge")

ASK_AGAIN = 300.0  # seconds
SIGNED_IN = ("cookie", "authorization")  # headers that say who asks
KNOWN_AT_MOST = 10_000
Headers = list[tuple[str, str]]
STANDARD: Headers = [
    ("tus-resumable", uploads.VERSION),
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
]


class Uploads:
    """HEAD, PATCH, DELETE and OPTIONS of one upload."""

    prefix = "/-/uploads/"

    def __init__(self) -> None:
        self.root = Path(load().home) / "archive" / "uploads"
        self.allowed: dict[tuple[str, str], float] = {}  # (upload, digest of the credentials) → when Django was asked
        self.writing: dict[str, Writing] = {}

    async def handle(self, request: Request) -> None:
        try:
            await self._answer(request)
        except Answer as answer:
            request.respond(answer.status, [*STANDARD, *answer.headers], answer.body.encode())
        except HaiheError as error:
            status = 404 if isinstance(error, uploads.NoSuchUpload) else 400
            request.respond(status, [*STANDARD, ("content-type", "text/plain; charset=utf-8")], f"{error}\n".encode())
        except OSError as error:
            log.error("upload %s: %s", request.path, error)
            raise_no = 507 if error.errno in (28, 122) else 500
            request.respond(raise_no, STANDARD, b"The disk of the archive refused.\n")

    async def _answer(self, request: Request) -> None:
        method = request.scope.headers.get("x-http-method-override") or request.scope.method
        if method == "OPTIONS":
            raise Answer(204, _abilities())
        if request.scope.headers.get("tus-resumable") != uploads.VERSION:
            raise Answer(412, [("tus-version", uploads.VERSION)], "This server speaks tus 1.0.0.\n")
        upload = uploads.find(self.root, request.path.removeprefix(self.prefix))
        await self._ask_django(request, upload)
        if method == "HEAD":
            await self._end_other(upload.id)
            raise Answer(200, [*_standing(upload), ("upload-length", str(upload.length))])
        if method == "PATCH":
            await self._end_other(upload.id)
            await self._append(request, upload)
        elif method == "DELETE":
            await self._end_other(upload.id)
            await self._take_out(request, upload)
        else:
            raise Answer(405, [("allow", "HEAD, PATCH, DELETE, OPTIONS")])

    async def _take_out(self, request: Request, upload: uploads.Upload) -> None:
        """Django takes the file out of its deposit, and its bytes away."""
        told = _of(request, *SIGNED_IN, "x-csrftoken", "origin", "referer")
        status = await self._status(request, "DELETE", f"/api/v1/uploads/{upload.id}", told)
        if status in (403, 409):
            raise Answer(status, body="This upload cannot be taken out of its deposit now.\n")
        if status not in (204, 404):
            raise _starting()
        uploads.remove(upload.folder)
        raise Answer(204)

    async def _ask_django(self, request: Request, upload: uploads.Upload) -> None:
        """Whoever goes on with an upload must still be the person who began it."""
        told = _of(request, *SIGNED_IN)
        who = hashlib.sha256(repr(told).encode()).hexdigest()
        if time.monotonic() - self.allowed.get((upload.id, who), float("-inf")) < ASK_AGAIN:
            return
        status = await self._status(request, "GET", f"/api/v1/uploads/{upload.id}", told)
        if status != 200:
            if status in (401, 403, 404):
                raise Answer(
                    403 if status == 401 else status, body="This upload is not yours, or you are signed out.\n"
                )
            raise _starting()
        if len(self.allowed) > KNOWN_AT_MOST:
            self.allowed.clear()
        self.allowed[upload.id, who] = time.monotonic()

    async def _status(self, request: Request, method: str, path: str, headers: list[tuple[str, Any]]) -> int:
        host = request.scope.authority or request.scope.headers.get("host") or "localhost"
        told = [("host", host), ("x-forwarded-proto", request.scope.scheme), *headers]
        sent = [(name.encode(), str(value).encode("latin-1", "replace")) for name, value in told]
        for _attempt in range(2):  # a kept connection may just have been closed
            with suppress(*SILENT):
                return (await ask(request.edge.django, path, *sent, method=method, read=30.0))[0]
        return 503

    async def _end_other(self, identifier: str) -> None:
        """A sender that comes again has lost its line: the request that waits for it there is ended first."""
        other = self.writing.get(identifier)
        if other is not None:
            other.ended.set()
            try:
                await asyncio.wait_for(other.gone.wait(), 10)
            except TimeoutError:
                raise Answer(423, body="Another request is writing to this upload.\n") from None

    async def _append(self, request: Request, upload: uploads.Upload) -> None:
        headers = request.scope.headers
        if headers.get("content-type") != "application/offset+octet-stream":
            raise Answer(415, body="The body must be application/offset+octet-stream.\n")
        offset = headers.get("upload-offset") or ""
        if not (offset.isascii() and offset.isdigit() and len(offset) < 20):
            raise Answer(400, body="Upload-Offset is missing.\n")
        checksum = uploads.read_checksum(headers.get("upload-checksum") or "")
        own = self.writing[upload.id] = Writing()
        try:
            with uploads.appending(upload, int(offset), checksum) as part:
                whole = await self._receive(request, part, own)
                await asyncio.to_thread(part.keep)
                reached = part.offset
        except uploads.WrongOffset:
            raise Answer(409, _standing(upload), "Other bytes have arrived than Upload-Offset says.\n") from None
        except uploads.UploadBusy:
            raise Answer(423, body="Another request is writing to this upload.\n") from None
        finally:
            if self.writing.get(upload.id) is own:
                del self.writing[upload.id]
            own.gone.set()
        if not whole:
            raise Answer(408, _standing(upload), "The line broke; go on from Upload-Offset.\n")
        if reached == upload.length:
            await self._tell(request, upload)
        raise Answer(204, _standing(upload))

    async def _receive(self, request: Request, part: uploads.Appending, own: Writing) -> bool:
        """Whether the body came to its end; what came is kept, unless a checksum says that only the whole counts."""
        announced = request.scope.headers.get("content-length")
        try:
            async for chunk in patient(request.proto):
                if own.ended.is_set():
                    break
                part.write(chunk)
        except Refused:
            pass
        except uploads.UploadRefused:
            part.take_back()
            raise Answer(413, _standing(part.upload), "More bytes came than Upload-Length announced.\n") from None
        whole = not own.ended.is_set() and (announced is None or part.offset - part.begun == int(announced))
        if part.checksum is not None and not whole:
            part.take_back()
        elif not part.sound():
            part.take_back()
            raise Answer(460, _standing(part.upload), "The bytes are not those of Upload-Checksum.\n")
        return whole

    async def _tell(self, request: Request, upload: uploads.Upload) -> None:
        """Tell Django that all has arrived; should it not hear, it looks by itself within a minute."""
        path = f"/api/v1/uploads/{upload.id}/arrived"
        status = await self._status(request, "POST", path, [("x-upload-secret", upload.secret)])
        if status != 200:
            log.warning("upload %s has arrived, but Django answered %s", upload.id, status)


class Writing:
    """One request that is appending."""

    def __init__(self) -> None:
        self.ended, self.gone = asyncio.Event(), asyncio.Event()


class Answer(Exception):
    """What is answered."""

    def __init__(self, status: int, headers: Headers | None = None, body: str = "") -> None:
        self.status, self.headers, self.body = status, headers or [], body


def _standing(upload: uploads.Upload) -> Headers:
    until = formatdate(upload.expires, usegmt=True)
    return [("upload-offset", str(upload.offset)), ("upload-expires", until)]


def _of(request: Request, *names: str) -> Headers:
    """Those headers of a request that are there."""
    return [(name, value) for name in names if (value := request.scope.headers.get(name))]


def _starting() -> Answer:
    return Answer(503, [("retry-after", "2")], "Haihe is starting; try again in a moment.\n")


def _abilities() -> Headers:
    return [
        ("tus-version", uploads.VERSION),
        ("tus-extension", uploads.EXTENSIONS),
        ("tus-checksum-algorithm", ",".join(uploads.ALGORITHMS)),
    ]
