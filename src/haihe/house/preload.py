"""What the Python processes of a city have in common, loaded once in `haihe up` before it forks them.

Django, Wagtail and the rooms weigh more than 100 MB, and the dictionary that cuts Chinese into words 35 MB: forked
processes share them for as long as nobody writes to them.
"""

from __future__ import annotations

import gc
import importlib
import multiprocessing
import sys
from pathlib import Path

from haihe.base.memory import GivingBack, few_arenas

WSGI = "haihe.house.wsgi"


def preload() -> None:
    """Load all that web and worker need. Raises what a wrong setting or a broken installation raises."""
    few_arenas()
    gc.disable()  # no holes in the pages that will be shared
    importlib.import_module(WSGI)  # sets Django up
    from django.urls import get_resolver

    from haihe.base.tasks.registry import discover, prepare_to_fork

    get_resolver()._populate()  # as the first request does
    discover()
    prepare_to_fork()
    gc.collect()
    gc.freeze()  # the collector's marks would copy every shared page
    gc.enable()


def serve_web(socket: Path) -> int:
    """Django on a Unix socket; `preload` has run in this process or in the one that it was forked from."""
    from django.core.signals import request_finished
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    giving_back = GivingBack(60)

    def rest_after_request(**_: object) -> None:
        giving_back.worked()
        giving_back.rest()

    request_finished.connect(rest_after_request, weak=False)
    if sys.platform == "linux":
        multiprocessing.set_start_method("fork", force=True)  # newer Pythons would begin anew and share nothing
    Server(
        f"{WSGI}:application",
        interface=Interfaces.WSGI,
        uds=socket,
        uds_permissions=0o600,
        workers=1,  # takes one core, whatever its threads; the edge knows how much each of several has to do
        blocking_threads=4,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()
    return 0


def run_worker() -> int:
    """Worker with scheduler and services."""
    from django.core.management import call_command

    call_command("worker", grace=5.0)
    return 0
