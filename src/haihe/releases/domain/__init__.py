"""The verbs of public life."""

from haihe.releases.domain.chains import Fault, verify
from haihe.releases.domain.erasing import ask_erasure, confirm_erasure, erase, refuse_erasure
from haihe.releases.domain.facts import vouch
from haihe.releases.domain.publishing import correct, publish, withdraw
from haihe.releases.domain.tracing import Trace, trace

__all__ = [
    "Fault",
    "Trace",
    "ask_erasure",
    "confirm_erasure",
    "correct",
    "erase",
    "publish",
    "refuse_erasure",
    "trace",
    "verify",
    "vouch",
    "withdraw",
]
