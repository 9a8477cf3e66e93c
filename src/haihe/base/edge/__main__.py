"""`python -m haihe.base.edge`, `haihe edge`: run the edge alone. What is not given comes from haihe.toml."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from haihe.base.config import load
from haihe.base.edge.app import EdgeConfig, route_modules
from haihe.base.edge.serve import serve
from haihe.base.errors import HaiheError


def main(arguments: Sequence[str]) -> int:
    """Serve until stopped; 0, or 2 with one line that says what was wrong."""
    parser = argparse.ArgumentParser(prog="haihe edge", description="Serve baked pages, files, and Django behind them.")
    parser.add_argument("--bind", help="address:port to listen on")
    django = "a process of Django behind us: path of a unix socket, or host:port; repeatable"
    parser.add_argument("--django", "--upstream", action="append", help=django)
    parser.add_argument("--root", type=Path, help="the baked tree")
    parser.add_argument("--static", type=Path, help="collected static files")
    parser.add_argument("--media", type=Path, help="uploaded files")
    parser.add_argument("--memory", type=int, default=24, help="MB of pages kept in memory (24)")
    parser.add_argument("--patience", type=float, default=2.0, help="seconds to wait while Django restarts (2)")
    parser.add_argument("--route", action="append", default=[], help="module that registers edge routes; repeatable")
    parser.add_argument("--workers", type=int, default=1, help="processes (1)")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    try:
        config = load()
        serve(
            EdgeConfig(
                bind=given.bind or config.bind,
                upstreams=tuple(given.django or [str(config.home / "run" / "web.sock")]),
                root=given.root or config.home / "baked",
                static=given.static or config.home / "static",
                media=given.media or config.home / "media",
                memory=max(1, given.memory) * 1024 * 1024,
                patience=max(0.0, given.patience),
                trusted=config.trusted_proxies,
                routes=route_modules(given.route),
                workers=max(1, given.workers),
            )
        )
    except HaiheError as error:
        print(f"haihe edge: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
