"""A voice that reads a text aloud: the operator's service where the settings name one, else espeak-ng where it is
installed, as a program of its own.

A service is asked with `POST` and JSON `{"text": …, "language": "zh-Hans"}`; it answers 200 and sound (WAV, MP3, Ogg,
FLAC, M4A), anything else is a refusal; 429 and 5xx mean later.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from haihe.archive.domain.derive.recipes import SOUND, kind_of
from haihe.base.config import load
from haihe.base.outbound import Limits, Sent
from haihe.channels import http
from haihe.releases.delivery.errors import NoProduct

LIMITS = Limits(connect=5.0, read=120.0, total=300.0, body=256 * 1024 * 1024, redirects=0, wait=1.0)
PATIENCE = 300.0  # seconds
TONGUES = {"zh": "cmn", "en": "en-gb"}
PACE = "165"  # words a minute


class NoVoice(NoProduct):
    """This machine has no voice."""

    says = _("This machine has no voice.")
    hint = _("Install espeak-ng, or name your voice service in the settings (voice_service); then send again.")


class Voice(Protocol):
    """name: of the voice, so that another one's recordings are not taken for its own."""

    name: str

    def speak(self, text: str, language: str, target: Path) -> None:
        """Write the sound of a text to a file of any form that `kind_of` knows. Raises NoProduct, OutboundError."""
        ...


class EspeakNg:
    """The program of that name. It sounds like a machine, and needs nothing but itself."""

    def __init__(self, program: str) -> None:
        self.name, self._program = "espeak-ng", program

    def speak(self, text: str, language: str, target: Path) -> None:
        command = [self._program, "-v", TONGUES.get(language.split("-")[0], "en-gb"), "-s", PACE, "-w", str(target)]
        done = subprocess.run(
            [*command, "--stdin"], input=text.encode(), capture_output=True, timeout=PATIENCE, check=False
        )
        if done.returncode or not target.exists():
            raise NoProduct(done.stderr.decode("utf-8", "replace")[:300], thing=self.name)


class VoiceService:
    """The operator's own, over HTTP."""

    def __init__(self, address: str) -> None:
        self.name, self._address = address, address

    def speak(self, text: str, language: str, target: Path) -> None:
        body = json.dumps({"text": text, "language": language}, ensure_ascii=False).encode()
        sent = Sent(body, {"Content-Type": "application/json", "Accept": "audio/*"}, "POST")
        answer = http.client().fetch(self._address, limits=LIMITS, sent=sent)
        http.raise_for(answer)
        kind = kind_of(answer.body[:200])
        if kind is None or kind[0] != SOUND:
            raise NoProduct(str(_("The voice service answered no sound.")), thing=self._address)
        target.write_bytes(answer.body)


def voice() -> Voice:
    """The voice of this installation. Raises NoVoice."""
    if address := load().voice_service:
        return VoiceService(address)
    if program := shutil.which("espeak-ng"):
        return EspeakNg(program)
    raise NoVoice
