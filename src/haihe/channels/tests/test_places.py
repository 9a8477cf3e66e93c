"""SFTP, S3, described interfaces and WeChat, each against a server that follows its protocol."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from haihe.archive.domain.labels import aigc
from haihe.channels.described.description import Call, apis, filled, read
from haihe.channels.tests.conftest import Desk
from haihe.channels.tests.servers import Answer, Asked, Bucket, WeChatPlatform, http_server, sftp_server
from haihe.releases.delivery.errors import WrongSettings
from haihe.releases.delivery.models import Delivery

pytestmark = pytest.mark.django_db


def states(outlet: Any) -> list[tuple[str, str]]:
    return list(Delivery.objects.filter(outlet=outlet).order_by("version").values_list("state", "way"))


WHOLE_LIFE = [("sent", "put"), ("sent", "replace"), ("sent", "delete")]


def test_sftp_file_comes_is_replaced_and_goes(desk: Desk, tmp_path: Path) -> None:
    root = tmp_path / "partner"
    root.mkdir()
    with sftp_server(root) as (port, key):
        outlet = desk.outlet("sftp", {"password": "pass"}, host="127.0.0.1", port=port, user="haihe", host_key=key,
                             folder="in/news", product="docx")  # fmt: skip
        publication = desk.publish()
        desk.send()
        files = [file for file in root.rglob("*") if file.is_file()]
        slug = publication.path.strip("/").rpartition("/")[2]
        assert [file.name for file in files] == [f"{slug}.docx"]
        first = files[0].read_bytes()
        assert first.startswith(b"PK")
        desk.correct(publication)
        desk.send()
        assert files[0].read_bytes() not in (b"", first)
        desk.withdraw(publication)
        desk.send()
    assert [file for file in root.rglob("*") if file.is_file()] == []
    assert states(outlet) == WHOLE_LIFE


def test_sftp_server_with_another_key_or_password_gets_nothing(desk: Desk, tmp_path: Path) -> None:
    import asyncssh

    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    with sftp_server(tmp_path) as (port, key):
        common = {"host": "127.0.0.1", "port": port, "user": "haihe"}
        stranger = desk.outlet("sftp", {"password": "pass"}, host_key=other, name="key", **common)
        closed = desk.outlet("sftp", {"password": "wrong"}, host_key=key, name="password", **common)
        desk.publish()
        desk.send()
    assert [desk.row(stranger).problem, desk.row(closed).problem] == ["NotAccepted", "NotAccepted"]
    assert "pass" not in desk.row(stranger).said + str(desk.row(stranger).history)
    assert [one for one in tmp_path.rglob("*.json") if "receiver" not in str(one)] == []


def test_sftp_that_is_away_is_tried_again(desk: Desk, tmp_path: Path) -> None:
    with sftp_server(tmp_path) as (port, key):
        pass
    outlet = desk.outlet("sftp", {"password": "pass"}, host="127.0.0.1", port=port, user="haihe", host_key=key)
    desk.publish()
    desk.send()
    assert (desk.row(outlet).state, desk.row(outlet).problem) == ("owed", "NotNow")


def test_s3_object_comes_is_replaced_and_goes(desk: Desk) -> None:
    bucket = Bucket()
    with http_server(bucket) as address:
        outlet = desk.outlet("s3", {"access_key": "a", "secret_key": "b"}, endpoint=address, bucket="news", prefix="in",
                             product="text")  # fmt: skip
        publication = desk.publish()
        desk.send()
        [(path, (media_type, body))] = bucket.objects.items()
        slug = publication.path.strip("/").rpartition("/")[2]
        assert path.startswith("/news/in/")
        assert path.endswith(f"/{slug}.txt")
        assert (media_type, "今晚点灯" in body.decode()) == ("text/plain; charset=utf-8", True)
        desk.correct(publication)
        desk.send()
        assert "今晚八点点灯" in bucket.objects[path][1].decode()
        desk.withdraw(publication)
        desk.send()
    assert bucket.objects == {}
    assert states(outlet) == WHOLE_LIFE


def test_s3_that_refuses_is_a_full_stop(desk: Desk) -> None:
    with http_server(Bucket(refuse=True)) as address:
        outlet = desk.outlet("s3", {"access_key": "a", "secret_key": "b"}, endpoint=address, bucket="news")
        inside = desk.outlet("s3", {"access_key": "a", "secret_key": "b"}, endpoint="http://10.0.0.9", bucket="x")
        desk.publish()
        desk.send()
    assert (desk.row(outlet).state, desk.row(inside).problem) == ("failed", "AddressRefused")


class Mastodon:
    """Statuses of a Mastodon server: idempotency keys, bearer tokens, 500 characters."""

    def __init__(self) -> None:
        self.statuses: dict[str, str] = {}
        self.keys: dict[str, str] = {}
        self.cut = 0

    def __call__(self, asked: Asked) -> Answer | None:
        if asked.headers.get("authorization") != "Bearer t0ken":
            return 401, {"error": "The access token is invalid"}
        name = asked.path.rpartition("/")[2]
        if asked.method == "POST" and asked.path == "/api/v1/statuses":
            name = self.keys.setdefault(asked.headers["idempotency-key"], str(len(self.statuses) + 1))
            text = asked.form["status"]
            url = text.rpartition("\n")[2]
            if len(text) - len(url) + 23 > 500:
                return 422, {"error": "Validation failed: Text character limit of 500 exceeded"}
            self.statuses[name] = text
            if self.cut:
                self.cut -= 1
                return None
        elif asked.method == "PUT" and name in self.statuses:
            self.statuses[name] = asked.form["status"]
        elif asked.method == "DELETE" and name in self.statuses:
            return 200, {"id": name, "text": self.statuses.pop(name)}
        else:
            return 404, {"error": "Record not found"}
        return 200, {"id": name, "url": f"https://social.example/@haihe/{name}"}


def test_mastodon_post_is_made_changed_and_deleted_once(desk: Desk) -> None:
    server = Mastodon()
    with http_server(server) as address:
        outlet = desk.outlet("api", {"token": "t0ken"}, api="mastodon", base=address)
        server.cut = 1
        publication = desk.publish()
        desk.send()
        desk.later()
        desk.send()
        assert list(server.statuses) == ["1"]  # the key made it the same post
        assert server.statuses["1"].startswith("今晚点灯")
        assert desk.row(outlet).remote_url == "https://social.example/@haihe/1"
        desk.correct(publication)
        desk.send()
        assert server.statuses["1"].startswith("今晚八点点灯")
        desk.withdraw(publication)
        desk.send()
    assert server.statuses == {}
    assert states(outlet) == WHOLE_LIFE


def test_wrong_token_is_a_full_stop_and_stands_nowhere(desk: Desk) -> None:
    with http_server(Mastodon()) as address:
        outlet = desk.outlet("api", {"token": "wr0ng"}, api="mastodon", base=address)
        desk.publish()
        desk.send()
    row = desk.row(outlet)
    assert (row.state, row.status) == ("failed", 401)
    assert "wr0ng" not in f"{row.said}{row.history}"


class Weibo:
    """statuses/share and destroy: 140 Han characters, errors as {error_code} with 400."""

    def __init__(self) -> None:
        self.statuses: dict[str, str] = {}
        self.errors: list[str] = []
        self.cut = 0

    def __call__(self, asked: Asked) -> Answer | None:
        if self.errors:
            return 400, {"error": "as told", "error_code": int(self.errors.pop(0)), "request": asked.path}
        if asked.form.get("access_token") != "t0ken":
            return 400, {"error": "invalid_access_token", "error_code": 21332}
        if asked.path.endswith("/destroy.json"):
            gone = self.statuses.pop(asked.form["id"], None)
            return (200, {"idstr": asked.form["id"]}) if gone else (400, {"error": "no", "error_code": 20101})
        text = asked.form["status"]
        if sum(2 if ord(sign) > 127 else 1 for sign in text) > 280:
            return 400, {"error": "text too long", "error_code": 20012}
        if text in self.statuses.values():
            return 400, {"error": "repeat content", "error_code": 20019}
        name = str(5000 + len(self.statuses))
        self.statuses[name] = text
        if self.cut:
            self.cut -= 1
            return None
        return 200, {"idstr": name}


def test_weibo_post_is_shared_and_destroyed_and_a_correction_is_left_to_people(desk: Desk) -> None:
    server = Weibo()
    with http_server(server) as address:
        outlet = desk.outlet("api", {"token": "t0ken"}, api="weibo", base=address)
        server.errors = ["10023"]
        publication = desk.publish("今晚点灯" * 40)
        desk.send()
        assert (desk.row(outlet).state, desk.row(outlet).problem) == ("owed", "NotNow")
        desk.later()
        desk.send()
        assert list(server.statuses) == ["5000"]
        desk.correct(publication)
        desk.send()
        assert desk.row(outlet, 2).state == "failed"
        desk.withdraw(publication)
        desk.send()
    assert server.statuses == {}
    assert states(outlet)[2] == ("sent", "delete")


def test_weibo_that_may_have_it_is_not_asked_twice(desk: Desk) -> None:
    server = Weibo()
    with http_server(server) as address:
        outlet = desk.outlet("api", {"token": "t0ken"}, api="weibo", base=address)
        server.cut = 1
        desk.publish()
        desk.send()
        desk.later()
        desk.send()
    assert (len(server.statuses), desk.row(outlet).state) == (1, "by_hand")


def test_shipped_descriptions_are_sound_and_words_never_become_structure(tmp_path: Path) -> None:
    assert set(apis()) >= {"mastodon", "weibo", "wordpress"}
    hostile = {
        "title": '", "admin": true, "x": "',
        "base": "https://a.example",
        "token": "t\r\nX-Evil: 1",
        "remote_id": "../1?x=/#",
    }
    call = Call("{base}/p/{remote_id}", headers={"A": "{token}"}, body={"title": "{title}", "n": 1})
    url, body, headers = filled(call, hostile)
    assert url == "https://a.example/p/..%2F1%3Fx%3D%2F%23"
    assert body.decode() == '{"title": "\\", \\"admin\\": true, \\"x\\": \\"", "n": 1}'
    assert headers["A"] == "tX-Evil: 1"
    with pytest.raises(WrongSettings):
        filled(Call("{base}/{nobody}"), hostile)
    broken = tmp_path / "x.toml"
    broken.write_text("label = [")
    with pytest.raises(WrongSettings, match=r"x\.toml"):
        read(broken)


def test_own_description_in_the_home_needs_no_code(desk: Desk, settings: Any) -> None:
    folder = Path(settings.HOME) / "apis"
    folder.mkdir()
    (folder / "board.toml").write_text(
        'label = "公告板"\nproduct = "text"\n[put]\nurl = "{base}/notes"\n'
        'body = { title = "{title}", text = "{body}" }\nread = { id = "data.0.id" }\n', encoding="utf-8"
    )  # fmt: skip
    (folder / "broken.toml").write_text("no toml at all")
    notes: list[dict[str, Any]] = []

    def board(asked: Asked) -> Answer:
        notes.append(asked.json)
        return 201, {"data": [{"id": 7}]}

    with http_server(board) as address:
        outlet = desk.outlet("api", {"token": "x"}, api="board", base=address)
        desk.publish()
        desk.send()
    assert (notes[0]["title"], desk.row(outlet).remote_id) == ("今晚点灯", "7")


@pytest.fixture
def wechat(desk: Desk) -> Any:
    platform = WeChatPlatform()
    with http_server(platform) as address:
        outlet = desk.outlet("wechat", {"secret": "s3cret"}, app_id="wx1", base=address, cover="standing")
        yield platform, outlet


def test_wechat_draft_is_added_changed_and_deleted(desk: Desk, wechat: Any) -> None:
    platform, outlet = wechat
    picture = desk.news.picture()
    publication = desk.publish("今晚点灯" * 20, lead_picture=picture)
    desk.send()
    [draft] = platform.drafts.values()
    assert (len(draft["title"]), draft["thumb_media_id"]) == (32, "cover1")
    assert "https://mmbiz.qpic.cn/" in draft["content"]
    assert "/media/" not in draft["content"]
    assert len(platform.pictures) == 2  # in the text, and as the cover
    desk.correct(publication, title="今晚八点点灯")
    desk.send()
    assert [one["title"] for one in platform.drafts.values()] == ["今晚八点点灯"]
    desk.withdraw(publication)
    desk.send()
    assert platform.drafts == {}
    assert states(outlet) == WHOLE_LIFE
    assert len(platform.tokens) == 1


def test_picture_that_staff_marked_as_made_by_ai_says_so_at_wechat(desk: Desk, wechat: Any) -> None:
    platform, _outlet = wechat
    picture = desk.news.picture()
    picture.ai = "generated"
    picture.save()
    publication = desk.publish(lead_picture=picture)
    desk.send()
    assert publication.current is not None
    assert (publication.current.content["ai"]["kind"], publication.current.content["ai"]["parts"]) == (
        "assisted", ["pictures"],
    )  # fmt: skip
    assert len(platform.pictures) == 2
    assert all(aigc.read(_jpeg_in(one)) for one in platform.pictures)
    [draft] = platform.drafts.values()
    assert "人工智能" in draft["content"]


def _jpeg_in(sent: bytes) -> bytes:
    return sent[sent.index(b"\xff\xd8") :]


def test_wechat_draft_in_doubt_is_looked_for_first(desk: Desk, wechat: Any) -> None:
    platform, outlet = wechat
    platform.cut = {"/cgi-bin/draft/add"}
    desk.publish()
    desk.send()
    assert (len(platform.drafts), desk.row(outlet).doubtful) == (1, True)
    desk.later()
    desk.send()
    assert (len(platform.drafts), desk.row(outlet).state, desk.row(outlet).remote_id) == (1, "sent", "draft1")


def test_wechat_codes_mean_what_the_platform_says(desk: Desk, wechat: Any) -> None:
    platform, outlet = wechat
    platform.errors = {"/cgi-bin/draft/add": [42001]}  # the token ran out: a new one, and on
    desk.publish("一")
    desk.send()
    assert (desk.row(outlet).state, len(platform.tokens) >= 1) == ("sent", True)
    platform.errors = {"/cgi-bin/draft/add": [45009]}
    second = desk.publish("二")
    desk.send()
    row = Delivery.objects.get(publication=second)
    assert (row.state, row.problem) == ("owed", "NotNow")
    desk.later()
    platform.errors = {"/cgi-bin/draft/add": [45166]}
    desk.send()
    row.refresh_from_db()
    assert (row.state, "45166" in row.said) == ("failed", True)
    assert "s3cret" not in f"{row.said}{row.history}{platform.tokens}"
