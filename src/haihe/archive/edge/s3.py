"""Deposits by the S3 protocol, at `/s3/BUCKET/NAME`: a bucket is an organisation, an object becomes one item.

Signatures are judged here, without Django; who may deposit where, Django says, and it is asked again every minute. The
bytes go from the line to the disk. What is answered 200 is durable and becomes an item within moments. Nothing can be
read or deleted here: this is the way in.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote

from haihe.archive.domain import uploads
from haihe.archive.domain.ocfl.changes import check_logical_paths
from haihe.archive.domain.ocfl.errors import PathRefused
from haihe.archive.domain.rights.signing import edge_word
from haihe.archive.domain.s3 import answers, keys, parts, signing
from haihe.archive.domain.s3.answers import S3Error
from haihe.archive.domain.s3.bodies import Body
from haihe.archive.edge.lookups import lookups
from haihe.base.config import load
from haihe.base.edge.asking import SILENT, ask
from haihe.base.edge.proxy import Refused, patient
from haihe.base.edge.routes import Request

log = logging.getLogger("haihe.edge")

ASK = "/-/rights/programs"
ASK_AGAIN = 60.0  # seconds
LARGEST_LIST = 1 << 20  # bytes of the XML that lists parts
LARGEST_PUT = 5 << 30  # bytes, as S3 has it
LONGEST_KEY = 1024  # bytes
ETAG = re.compile(r'"?([0-9a-f]{32})"?')
XML = [("content-type", "application/xml"), ("cache-control", "no-store")]


class Programs:
    """ListBuckets, HeadBucket, PutObject and all of the multipart upload."""

    prefix = "/s3"

    def __init__(self) -> None:
        home = Path(load().home)
        self.root, self.tus = home / "archive" / "s3", home / "archive" / "uploads"
        self.known: dict[str, tuple[float, list[str]]] = {}  # access key → when Django was asked, buckets

    async def handle(self, request: Request) -> None:
        try:
            await self._answer(request)
        except S3Error as refusal:
            request.respond(refusal.status, XML, answers.error(refusal, request.path))
        except Refused:
            request.respond(400, XML, answers.error(S3Error("IncompleteBody", "The line broke."), request.path))
        except OSError as error:
            log.error("%s: %s", request.path, error)
            said = S3Error("ServiceUnavailable", "The disk of the archive refused; nothing was kept.")
            request.respond(507 if error.errno in (28, 122) else 500, XML, answers.error(said, request.path))

    async def _answer(self, request: Request) -> None:
        scope = request.scope
        city = lookups().key

        def secret_of(text: str) -> str | None:
            return keys.secret_of(text, city) if keys.read(text) else None

        host = scope.headers.get("host") or scope.authority or ""
        signed = signing.check(
            scope.method,
            request.path,
            scope.query_string or "",
            lambda name: host if name == "host" else _joined(scope.headers, name),
            secret_of,
        )
        allowed = await self._buckets(request, signed.access_key)
        bucket, _slash, key = request.path.removeprefix(self.prefix).lstrip("/").partition("/")
        asked = dict(parse_qsl(scope.query_string or "", keep_blank_values=True, max_num_fields=100))
        if not bucket:
            self._list_buckets(request, allowed)
            return
        if bucket not in allowed:
            raise S3Error("NoSuchBucket", "There is no organisation of this name for which this key may deposit.")
        if not key:
            self._about_bucket(request, signed, bucket, asked)
            return
        _check_key(key)
        await self._about_object(request, signed, bucket, key, asked)

    async def _about_object(
        self, request: Request, signed: signing.Signed, bucket: str, key: str, asked: dict[str, str]
    ) -> None:
        method, person = request.scope.method, signed.access_key[:34]
        media_type = (request.scope.headers.get("content-type") or "")[:120]
        if method == "POST" and "uploads" in asked:
            begun = parts.begin(self.root, person, bucket, key, media_type)
            said: list[tuple[str, answers.Value]] = [("Bucket", bucket), ("Key", key), ("UploadId", begun.id)]
            request.respond(200, XML, answers.document("InitiateMultipartUploadResult", said))
        elif "uploadId" in asked:
            upload = parts.find(self.root, asked["uploadId"], person, bucket, key)
            if method == "PUT":
                await self._put_part(request, signed, upload, asked.get("partNumber", ""))
            elif method == "POST":
                await self._complete(request, signed, upload)
            elif method == "DELETE":
                uploads.remove(upload.folder)
                request.respond(204, [], b"")
            elif method == "GET":
                self._list_parts(request, upload)
            else:
                raise S3Error("MethodNotAllowed", "This is not done to an upload.")
        elif method == "PUT":
            if _joined(request.scope.headers, "x-amz-copy-source"):
                raise S3Error("NotImplemented", "Nothing is copied here.")
            await self._put(request, signed, parts.begin(self.root, person, bucket, key, media_type))
        else:
            raise S3Error("MethodNotAllowed", "This is the way in: what is kept is read over the API and IIIF.")

    async def _put(self, request: Request, signed: signing.Signed, upload: parts.Upload) -> None:
        try:
            md5 = await self._receive(request, signed, upload, 1, LARGEST_PUT)
            await asyncio.to_thread(parts.join, upload, [(1, md5)])
            await self._deposit(request, signed, upload)
        finally:
            uploads.remove(upload.folder)
        request.respond(200, [("etag", f'"{md5}"')], b"")

    async def _put_part(self, request: Request, signed: signing.Signed, upload: parts.Upload, number: str) -> None:
        if not (number.isascii() and number.isdigit() and 1 <= int(number[:6]) <= parts.MOST_PARTS):
            raise S3Error("InvalidArgument", "partNumber is from 1 to 10000.")
        md5 = await self._receive(request, signed, upload, int(number), LARGEST_PUT)
        request.respond(200, [("etag", f'"{md5}"')], b"")

    async def _receive(
        self, request: Request, signed: signing.Signed, upload: parts.Upload, number: int, most: int
    ) -> str:
        """The body as a part on the disk; its md5."""
        announced = request.scope.headers.get("content-length") or ""
        if announced.isascii() and announced.isdigit():
            room = os.statvfs(self.root)
            if int(announced) > min(most, room.f_bavail * room.f_frsize):
                raise S3Error("EntityTooLarge", "The body is larger than what is taken at once, or than the disk.")
        body = Body(signed, lambda name: _joined(request.scope.headers, name))
        try:
            file, arriving = parts.open_part(upload, number)
        except FileNotFoundError:
            raise S3Error("NoSuchUpload", "The upload was ended.") from None
        try:
            with file:
                async for chunk in patient(request.proto):
                    for kept in body.add(chunk):
                        if body.size > most:
                            raise S3Error("EntityTooLarge", "The body is larger than what is taken at once.")
                        view = memoryview(kept)
                        while view:
                            view = view[file.write(view) :]
                body.end()
                await asyncio.to_thread(os.fdatasync, file.fileno())
            parts.keep_part(upload, number, arriving, body.md5.hexdigest())
        finally:
            arriving.unlink(missing_ok=True)
        return body.md5.hexdigest()

    async def _complete(self, request: Request, signed: signing.Signed, upload: parts.Upload) -> None:
        body = Body(signed, lambda name: _joined(request.scope.headers, name))
        held = bytearray()
        async for chunk in patient(request.proto):
            for kept in body.add(chunk):
                held += kept
            if len(held) > LARGEST_LIST:
                raise S3Error("MalformedXML", "The list of parts is too long.")
        body.end()
        tag = parts.finished(upload)
        if not tag:
            _size, tag = await asyncio.to_thread(parts.join, upload, _wanted(bytes(held)))
            await self._deposit(request, signed, upload)
            parts.finish(upload, tag)
        base = lookups().public_url
        said: list[tuple[str, answers.Value]] = [
            ("Location", f"{base}{self.prefix}/{upload.bucket}/{quote(upload.key)}"),
            ("Bucket", upload.bucket),
            ("Key", upload.key),
            ("ETag", f'"{tag}"'),
        ]
        request.respond(200, XML, answers.document("CompleteMultipartUploadResult", said))

    async def _deposit(self, request: Request, signed: signing.Signed, upload: parts.Upload) -> None:
        """Hand the whole file to an upload that Django announces; then it is as if it had come by tus."""
        length = upload.whole.stat().st_size
        answer = await self._begun(request, signed, upload, length)
        try:
            target = uploads.find(self.tus, answer["upload"])
        except uploads.NoSuchUpload:
            return  # an earlier try came so far that it is kept
        if target.offset != length or length == 0:
            upload.whole.replace(target.data)
        handle = os.open(target.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            await asyncio.to_thread(os.fsync, handle)
        finally:
            os.close(handle)
        told = [("x-upload-secret", answer["secret"])]
        path = f"/api/v1/uploads/{target.id}/arrived"
        status, _answer = await self._ask(request, "POST", path, told, b"")
        if status != 200:
            log.warning("upload %s has arrived, but Django answered %s", target.id, status)  # it looks by itself

    async def _begun(
        self, request: Request, signed: signing.Signed, upload: parts.Upload, length: int
    ) -> dict[str, Any]:
        """The deposit that this upload becomes: asked for once, should the answer be tried again."""
        note = upload.folder / "deposit.json"
        if note.exists():
            return dict(json.loads(note.read_text()))
        said = {"bucket": upload.bucket, "key": upload.key, "length": length, "media_type": upload.media_type}
        status, answer = await self._django(request, signed.access_key, json.dumps(said).encode())
        if status != 200:
            code = {403: "AccessDenied", 409: "InvalidArgument"}.get(status, "ServiceUnavailable")
            raise S3Error(code, str(answer.get("message") or "Haihe is starting; try again in a moment."))
        arriving = upload.folder / ".deposit"
        arriving.write_text(json.dumps(answer))
        arriving.replace(note)
        return answer

    async def _buckets(self, request: Request, access_key: str) -> list[str]:
        at, allowed = self.known.get(access_key, (float("-inf"), []))
        if time.monotonic() - at < ASK_AGAIN:
            return allowed
        status, answer = await self._django(request, access_key, b"")
        if status == 403:
            raise S3Error("InvalidAccessKeyId", "The access key is void; ask for a new one.")
        if status != 200:
            raise S3Error("ServiceUnavailable", "Haihe is starting; try again in a moment.")
        if len(self.known) > 1000:
            self.known.clear()
        self.known[access_key] = (time.monotonic(), answer["buckets"])
        return list(answer["buckets"])

    async def _django(self, request: Request, access_key: str, body: bytes) -> tuple[int, dict[str, Any]]:
        said = [("x-haihe-edge", edge_word(lookups().key)), ("x-access-key", access_key)]
        said += [("content-type", "application/json")]
        return await self._ask(request, "POST" if body else "GET", ASK, said, body)

    async def _ask(
        self, request: Request, method: str, path: str, headers: list[tuple[str, str]], body: bytes
    ) -> tuple[int, dict[str, Any]]:
        sent = [(name.encode(), value.encode()) for name, value in headers]
        try:
            status, data = await ask(request.edge.django, path, *sent, method=method, body=body, read=30.0)
        except SILENT:
            return 503, {}
        try:
            return status, json.loads(data) if data else {}
        except ValueError:
            return status, {}

    def _list_buckets(self, request: Request, allowed: list[str]) -> None:
        if request.scope.method not in ("GET", "HEAD"):
            raise S3Error("MethodNotAllowed", "Buckets are organisations: they are founded in the admin.")
        rows: list[tuple[str, answers.Value]] = [("Bucket", [("Name", slug)]) for slug in allowed]
        request.respond(200, XML, answers.document("ListAllMyBucketsResult", [("Buckets", rows)]))

    def _about_bucket(self, request: Request, signed: signing.Signed, bucket: str, asked: dict[str, str]) -> None:
        if request.scope.method == "HEAD":
            request.respond(200, XML, b"")
        elif request.scope.method == "GET" and "uploads" in asked:
            rows: list[tuple[str, answers.Value]] = [
                ("Upload", [("Key", one.key), ("UploadId", one.id)])
                for one in parts.all_of(self.root, signed.access_key[:34], bucket)
            ]
            said: list[tuple[str, answers.Value]] = [("Bucket", bucket), ("IsTruncated", "false"), *rows]
            request.respond(200, XML, answers.document("ListMultipartUploadsResult", said))
        else:
            raise S3Error("MethodNotAllowed", "This is the way in: what is kept is listed over the API.")

    def _list_parts(self, request: Request, upload: parts.Upload) -> None:
        rows: list[tuple[str, answers.Value]] = [
            ("Part", [("PartNumber", number), ("ETag", f'"{md5}"'), ("Size", size)])
            for number, size, md5 in upload.parts()
        ]
        said: list[tuple[str, answers.Value]] = [
            ("Bucket", upload.bucket),
            ("Key", upload.key),
            ("UploadId", upload.id),
        ]
        said += [("IsTruncated", "false"), *rows]
        request.respond(200, XML, answers.document("ListPartsResult", said))


def _check_key(key: str) -> None:
    """Said before the first byte is sent, and not after the last. Raises S3Error."""
    if len(key.encode("utf-8", "replace")) > LONGEST_KEY:
        raise S3Error("KeyTooLongError", "A name has 1,024 bytes at most.")
    try:
        check_logical_paths([key])
    except PathRefused as error:
        raise S3Error("InvalidArgument", f"This name is not kept: {error.message}") from None
    if key.startswith("haihe/"):
        raise S3Error("InvalidArgument", "Names that begin with haihe/ are the archive's own.")


def _joined(headers: Any, name: str) -> str | None:
    """All values of a header, as they are signed."""
    values = headers.get_all(name) if hasattr(headers, "get_all") else [headers.get(name)]
    found = [str(value) for value in values if value is not None]
    return ",".join(found) if found else None


def _wanted(body: bytes) -> list[tuple[int, str]]:
    """Number and md5 of the parts that a client lists. Raises S3Error."""
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise S3Error("MalformedXML", "The list of parts declares a document type.")
    try:
        root = ElementTree.fromstring(body)  # noqa: S314  without a document type there are no entities to expand
        found = []
        for part in root:
            said = {child.tag.rpartition("}")[2]: (child.text or "").strip() for child in part}
            tag = ETAG.fullmatch(said["ETag"])
            if tag is None:
                raise S3Error("InvalidPart", "An ETag in the list is none of ours.")
            found.append((int(said["PartNumber"]), tag[1]))
        return found
    except (ElementTree.ParseError, KeyError, ValueError):
        raise S3Error("MalformedXML", "The list of parts cannot be read.") from None
