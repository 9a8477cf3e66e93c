"""What tests of channels share: a newsdesk that publishes, outlets, and receivers in processes of their own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from haihe.base.conftest import home, migrated  # noqa: F401  (fixtures)
from haihe.base.tasks.tests.homes import wait_until
from haihe.channels.http import forget_client
from haihe.newsroom.models import Manuscript
from haihe.newsroom.tests.newsdesk import Newsdesk, revise
from haihe.releases.delivery.domain import dispatching
from haihe.releases.delivery.domain.sealing import seal
from haihe.releases.delivery.models import Delivery, Outlet
from haihe.releases.domain import publishing
from haihe.releases.models import Publication


@dataclass
class Receiver:
    """A receiver's folder: what it read, and how it is told to behave."""

    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def port(self) -> int:
        return int((self.folder / "port").read_text())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/in"

    @property
    def log(self) -> list[dict[str, Any]]:
        file = self.folder / "log.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def got(self) -> list[tuple[str, int]]:
        return [(one["type"], one["version"]) for one in self.log]

    def cut(self, times: int = 1) -> None:
        """Close the connection after reading, so many times."""
        (self.folder / "cut").write_text(str(times))

    def answer(self, status: int = 200, body: str = "{}", **headers: str) -> None:
        told = {"status": status, "body": body, "headers": {name.replace("_", "-"): headers[name] for name in headers}}
        (self.folder / "answer").write_text(json.dumps(told))

    def as_usual(self) -> None:
        (self.folder / "answer").unlink(missing_ok=True)

    def forget(self) -> None:
        """As it was when it began; the keys it has seen are of releases that no other test has."""
        for name in ("cut", "hold", "answer"):
            (self.folder / name).unlink(missing_ok=True)
        (self.folder / "log.jsonl").write_text("")


@pytest.fixture(scope="session")
def idle_receivers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Receiver]]:
    """Receivers that no test uses now: a program is dear to start. They end with the session."""
    idle: list[Receiver] = []
    yield idle
    for one in idle:
        one.process.send_signal(signal.SIGTERM)
        one.process.wait(10)


@pytest.fixture
def receivers(
    idle_receivers: list[Receiver], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Receiver]]:
    """Receivers for the test, each in a process of its own."""
    used: list[Receiver] = []

    def take() -> Receiver:
        used.append(idle_receivers.pop() if idle_receivers else _started(tmp_path_factory.mktemp("receiver")))
        return used[-1]

    yield take
    for one in used:
        one.forget()
    idle_receivers.extend(used)


def _started(folder: Path) -> Receiver:
    command = [sys.executable, "-m", "haihe.channels.tests.receiver", str(folder)]
    receiver = Receiver(folder, subprocess.Popen(command))
    wait_until((folder / "port").exists)
    return receiver


@pytest.fixture
def receiver(receivers: Callable[..., Receiver]) -> Receiver:
    return receivers()


@dataclass
class Desk:
    """A newsroom with outlets; `send` is what the worker does."""

    news: Newsdesk = field(default_factory=Newsdesk)

    def outlet(self, channel: str = "webhook", secrets: dict[str, str] | None = None, **settings: Any) -> Outlet:
        fields = {name: settings.pop(name) for name in ("name", "product", "organisation") if name in settings}
        values = {"organisation": self.news.organisation, "name": channel, **fields}
        return Outlet.objects.create(channel=channel, settings=settings, sealed=seal(secrets or {}), **values)

    def publish(
        self, title: str = "今晚点灯", html: str = "<p>海河两岸今晚七点点灯。</p>", **fields: Any
    ) -> Publication:
        manuscript = self.news.manuscript(title, html)
        draft = revise(manuscript, self.news.person("reporter"), **fields) if fields else manuscript
        publishing.publish(draft, self.news.person("publisher"))
        return self.of(manuscript)

    def correct(self, publication: Publication, note: str = "时间有误。", **changes: Any) -> Publication:
        manuscript = Manuscript.objects.get(pk=publication.subject_id)
        revise(manuscript, self.news.person("reporter"), **(changes or {"title": "今晚八点点灯"}))
        publishing.correct(Manuscript.objects.get(pk=manuscript.pk), self.news.person("publisher"), note)
        return self.of(manuscript)

    def withdraw(self, publication: Publication) -> None:
        publishing.withdraw(publication, self.news.person("publisher"), "重复。")

    @staticmethod
    def of(manuscript: Manuscript) -> Publication:
        found = Manuscript.objects.get(pk=manuscript.pk).publication
        assert found is not None
        return found

    @staticmethod
    def send() -> dispatching.Tally:
        return dispatching.deliver_pending()

    @staticmethod
    def later() -> None:
        """Let the time come of whatever waits for a later try."""
        past = timezone.now() - timedelta(seconds=1)
        Delivery.objects.filter(state="owed").update(next_at=past)
        Outlet.objects.update(rests_until=None)

    @staticmethod
    def row(outlet: Outlet, version: int = 1, again: int = 0) -> Delivery:
        return Delivery.objects.get(outlet=outlet, version=version, again=again)


@pytest.fixture
def desk(db: None, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    monkeypatch.setenv("HAIHE_ALLOW_ADDRESSES", "127.0.0.1/32")
    forget_client()
    yield Desk()
    forget_client()
