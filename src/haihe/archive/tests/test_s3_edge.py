"""Deposits by the S3 protocol, by foreign clients (boto3, obstore), through a real edge before a real Django."""

from __future__ import annotations

import hashlib
import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import httpx
import obstore
import pytest
from boto3.s3.transfer import TransferConfig
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from django.core.management import call_command
from obstore.store import S3Store

from haihe.archive import read
from haihe.archive.domain import drafting
from haihe.archive.domain.s3 import bodies, keys, signing
from haihe.archive.domain.s3.answers import S3Error
from haihe.archive.edge.s3 import _wanted
from haihe.archive.models import Draft, Item
from haihe.archive.tests.swift import s3_client
from haihe.archive.tests.test_uploads import edge, keeper, museum  # noqa: F401  fixtures
from haihe.base.tasks import run_pending
from haihe.city.domain.organisations import found
from haihe.city.models import Person

LARGE = os.urandom(11 << 20)


@pytest.fixture(autouse=True)
def one_key(settings, monkeypatch):
    """The edge, a process of its own, has the city's key."""
    monkeypatch.setenv("HAIHE_SECRET_KEY", settings.SECRET_KEY)


@pytest.fixture
def allowed(keeper) -> dict[str, str]:  # noqa: F811
    out = io.StringIO()
    call_command("archive", "s3key", keeper.username, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def s3(edge, allowed):  # noqa: F811
    return s3_client(f"{edge.url}/s3", allowed["access_key"], allowed["secret_key"])


def code_of(error) -> str:
    return error.value.response["Error"]["Code"]


def kept_now() -> list[Item]:
    run_pending()
    return list(Item.objects.filter(kind="deposit").order_by("created_at"))


def test_boto3_deposits_in_parts_and_at_once(s3, keeper):  # noqa: F811
    parts = TransferConfig(multipart_threshold=5 << 20, multipart_chunksize=5 << 20, max_concurrency=3)
    s3.upload_fileobj(io.BytesIO(LARGE), "museum", "扫描 2026/海河 100%.tif", Config=parts)
    answer = s3.put_object(Bucket="museum", Key="note.txt", Body=b"boat", ContentType="text/plain")
    assert answer["ETag"] == f'"{hashlib.md5(b"boat", usedforsecurity=False).hexdigest()}"'
    large, small = kept_now()
    assert [(one.title, one.organisation.slug, one.files) for one in (large, small)] == [
        ("海河 100%.tif", "museum", 1), ("note.txt", "museum", 1),
    ]  # fmt: skip
    assert large.masters.get().path == "扫描 2026/海河 100%.tif"
    assert (read(large.masters.get()), read(small.masters.get())) == (LARGE, b"boat")
    assert (small.masters.get().media_type, small.masters.get().deposited_by) == ("text/plain", keeper)


def test_obstore_deposits_in_parts(edge, allowed):  # noqa: F811
    config = {"endpoint": f"{edge.url}/s3", "region": "tj", "virtual_hosted_style_request": False}
    secret = {"access_key_id": allowed["access_key"], "secret_access_key": allowed["secret_key"]}
    store = S3Store("museum", config={**config, **secret}, client_options={"allow_http": True})
    obstore.put(store, "a/large", LARGE, chunk_size=6 << 20, use_multipart=True)
    obstore.put(store, "small", b"boat", use_multipart=False)
    assert [read(item.masters.get()) for item in kept_now()] == [LARGE, b"boat"]


def test_streams_in_signed_chunks_with_a_checksum_behind_them(edge, allowed):  # noqa: F811
    """As SDKs send what they cannot read twice: AWS's own example of chunk signatures, with our key."""
    url = f"{edge.url}/s3/museum/chunked.bin"
    headers, body = chunked(url, allowed, [LARGE[: 1 << 20], LARGE[1 << 20 : (1 << 20) + 77]])
    assert httpx.put(url, headers=headers, content=body).status_code == 200
    assert [read(item.masters.get()) for item in kept_now()] == [LARGE[: (1 << 20) + 77]]
    bad = bytearray(body)
    bad[200] ^= 1
    answer = httpx.put(url, headers=headers, content=bytes(bad))
    assert (answer.status_code, "SignatureDoesNotMatch" in answer.text) == (403, True)
    assert len(kept_now()) == 1


def chunked(url: str, allowed: dict[str, str], chunks: list[bytes]) -> tuple[dict[str, str], bytes]:
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{moment[:8]}/tj/s3/aws4_request"
    key = signing._key(allowed["secret_key"], moment[:8], "tj", "s3")
    host = httpx.URL(url).netloc.decode()
    lines = f"host:{host}\nx-amz-content-sha256:{bodies.SIGNED}\nx-amz-date:{moment}\n"
    names = "host;x-amz-content-sha256;x-amz-date"
    canonical = "\n".join(["PUT", httpx.URL(url).path, "", lines, names, bodies.SIGNED])
    signed = signing.Signed("", bodies.SIGNED, moment, scope, "", key)
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    before = signed.chain(f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{digest}")
    credential = f"AWS4-HMAC-SHA256 Credential={allowed['access_key']}/{scope}"
    headers = {
        "x-amz-date": moment, "x-amz-content-sha256": bodies.SIGNED, "content-encoding": "aws-chunked",
        "authorization": f"{credential}, SignedHeaders={names}, Signature={before}",
    }  # fmt: skip
    body = b""
    for chunk in [*chunks, b""]:
        text = f"AWS4-HMAC-SHA256-PAYLOAD\n{moment}\n{scope}\n{before}\n{bodies.EMPTY}\n"
        before = signed.chain(text + hashlib.sha256(chunk).hexdigest())
        body += f"{len(chunk):x};chunk-signature={before}\r\n".encode() + chunk + b"\r\n"
    return headers, body


def test_an_upload_in_parts_is_listed_taken_up_again_and_ended(s3, edge):  # noqa: F811
    begun = s3.create_multipart_upload(Bucket="museum", Key="a.bin")["UploadId"]
    where = {"Bucket": "museum", "Key": "a.bin", "UploadId": begun}
    first = s3.upload_part(**where, PartNumber=1, Body=LARGE[: 5 << 20])["ETag"]
    edge.kill()
    edge.start()
    s3.upload_part(**where, PartNumber=2, Body=b"wrong")
    second = s3.upload_part(**where, PartNumber=2, Body=LARGE[5 << 20 :])["ETag"]
    assert [one["Key"] for one in s3.list_multipart_uploads(Bucket="museum")["Uploads"]] == ["a.bin"]
    assert [(one["PartNumber"], one["Size"]) for one in s3.list_parts(**where)["Parts"]] == [
        (1, 5 << 20), (2, 6 << 20),
    ]  # fmt: skip
    parts = {"Parts": [{"PartNumber": 1, "ETag": first}, {"PartNumber": 2, "ETag": second}]}
    answers = [s3.complete_multipart_upload(**where, MultipartUpload=parts)["ETag"] for _twice in range(2)]
    assert answers[0] == answers[1]
    assert answers[0].endswith('-2"')
    assert [read(item.masters.get()) for item in kept_now()] == [LARGE]  # once, though it was said twice
    other = {"Bucket": "museum", "Key": "b.bin"}
    ended = s3.create_multipart_upload(**other)["UploadId"]
    s3.abort_multipart_upload(**other, UploadId=ended)
    with pytest.raises(ClientError) as error:
        s3.upload_part(**other, UploadId=ended, PartNumber=1, Body=b"x")
    assert code_of(error) == "NoSuchUpload"


def test_lists_of_parts_that_are_wrong(s3):
    where = {"Bucket": "museum", "Key": "a.bin"}
    where["UploadId"] = s3.create_multipart_upload(**where)["UploadId"]
    tags = [s3.upload_part(**where, PartNumber=number, Body=b"small")["ETag"] for number in (1, 2)]
    for numbers, code in (((1, 2), "EntityTooSmall"), ((2, 1), "InvalidPartOrder"), ((1, 3), "InvalidPart")):
        parts = [{"PartNumber": number, "ETag": tags[0]} for number in numbers]
        with pytest.raises(ClientError) as error:
            s3.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})
        assert code_of(error) == code
    assert kept_now() == []


def test_who_may_not_is_refused_and_learns_nothing(s3, edge, allowed, keeper):  # noqa: F811
    found("别馆", slug="other")
    refusals = {
        "other": "NoSuchBucket", "nowhere": "NoSuchBucket",
    }  # fmt: skip
    for bucket, code in refusals.items():
        with pytest.raises(ClientError) as error:
            s3.put_object(Bucket=bucket, Key="a", Body=b"x")
        assert code_of(error) == code
    wrong = s3_client(f"{edge.url}/s3", allowed["access_key"], "wrong")
    with pytest.raises(ClientError) as error:
        wrong.put_object(Bucket="museum", Key="a", Body=b"x")
    assert code_of(error) == "SignatureDoesNotMatch"
    stranger = Person.objects.create_user("stranger", password="x")
    forged = keys.access_key(stranger.uuid.hex, 0xFFFFFFFF, "0" * 12)
    with pytest.raises(ClientError) as error:
        s3_client(f"{edge.url}/s3", forged, "guess").put_object(Bucket="museum", Key="a", Body=b"x")
    assert code_of(error) == "SignatureDoesNotMatch"
    assert httpx.put(f"{edge.url}/s3/museum/a", content=b"x").status_code == 403
    assert httpx.get(f"{edge.url}/-/rights/programs").status_code == 404  # what the edge asks is closed from outside
    assert [one["Name"] for one in s3.list_buckets()["Buckets"]] == ["museum"]
    assert (kept_now(), Draft.objects.count()) == ([], 0)
    keeper.set_password("another")
    keeper.save()
    edge.kill()
    edge.start()
    with pytest.raises(ClientError) as error:
        s3.put_object(Bucket="museum", Key="a", Body=b"x")
    assert code_of(error) == "InvalidAccessKeyId"


def test_nothing_is_read_or_deleted_by_it(s3):
    s3.put_object(Bucket="museum", Key="a", Body=b"x")
    for act in (s3.get_object, s3.delete_object):
        with pytest.raises(ClientError) as error:
            act(Bucket="museum", Key="a")
        assert code_of(error) == "MethodNotAllowed"


@pytest.mark.parametrize("key", ["haihe/item.json", "a//b", "folder/", "长" * 400])
def test_names_that_are_not_kept_are_refused_before_a_byte_is_sent(s3, key):
    with pytest.raises(ClientError) as error:
        s3.create_multipart_upload(Bucket="museum", Key=key)
    assert code_of(error) in ("InvalidArgument", "KeyTooLongError", "400")


def test_a_body_that_is_not_the_signed_one_is_not_kept(s3, edge, allowed):  # noqa: F811
    url = f"{edge.url}/s3/museum/a"
    request = AWSRequest("PUT", url, data=b"right")
    S3SigV4Auth(Credentials(allowed["access_key"], allowed["secret_key"]), "s3", "tj").add_auth(request)
    answer = httpx.put(url, headers=dict(request.headers), content=b"wrong")
    assert (answer.status_code, "<Code>XAmzContentSHA256Mismatch</Code>" in answer.text) == (400, True)
    with pytest.raises(ClientError) as error:
        s3.put_object(Bucket="museum", Key="a", Body=b"x", ContentMD5="AAAAAAAAAAAAAAAAAAAAAA==")
    assert code_of(error) == "BadDigest"
    assert kept_now() == []
    assert not [one for one in (drafting.layout.root() / "s3").iterdir() if not one.name.startswith(".")]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<", b"<a><Part/></a>", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b"<a><Part><PartNumber>x</PartNumber><ETag>00000000000000000000000000000000</ETag></Part></a>",
    ],
)  # fmt: skip
def test_lists_that_are_no_xml(body):
    with pytest.raises(S3Error) as error:
        _wanted(body)
    assert error.value.code == "MalformedXML"


def test_what_nobody_goes_on_with_is_swept(own_home):
    root = own_home / "archive" / "s3"
    for name, age in (("a" * 32, 8 * 86_400), ("b" * 32, 86_400), (".c", 7200)):
        (root / name).mkdir(parents=True)
        os.utime(root / name, (0, Path(root / name).stat().st_mtime - age))
    from haihe.archive.domain.s3 import parts

    assert parts.sweep(root) == 2
    assert [one.name for one in root.iterdir()] == ["b" * 32]
