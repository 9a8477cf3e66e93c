"""A receiver in a process of its own: it writes down what it read, answers as it is told, and knows its keys again.

    python -m haihe.channels.tests.receiver FOLDER [--slow MS] [--fail PERCENT]

Writes its port to FOLDER/port and one line for each *new* key to FOLDER/log.jsonl. Files in FOLDER change it while it
runs: `cut` (closes the connection after reading; the number inside says how often), `hold` (answers when it is gone),
`answer` (JSON {status, headers, body}).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--slow", type=int, default=0)
    parser.add_argument("--fail", type=float, default=0.0)
    options = parser.parse_args()
    serve(options.folder, slow=options.slow / 1000, fail=options.fail / 100)


def serve(folder: Path, *, slow: float = 0.0, fail: float = 0.0) -> None:
    seen: set[str] = set()
    lock = threading.Lock()
    log = (folder / "log.jsonl").open("a", buffering=1)
    chance = random.Random(1)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            if len(body) < length:  # the sender died in the middle of it
                self.close_connection = True
                return
            if slow:
                time.sleep(slow)
            if fail and chance.random() < fail:
                self._say(503, b"")
                return
            key = self.headers.get("Idempotency-Key", "")
            with lock:
                new = key not in seen
                seen.add(key)
                if new:
                    log.write(json.dumps(_noted(key, body, dict(self.headers))) + "\n")
            while (folder / "hold").exists():
                time.sleep(0.02)
            if self._cut():
                self.close_connection = True
                self.connection.close()
                return
            told = self._told()
            said = told.get("body", json.dumps({"id": key[:8], "seen": not new}))
            self._say(told.get("status", 200), said.encode(), told.get("headers", {}))

        def do_GET(self) -> None:
            self._say(200, b"receiver")

        def _cut(self) -> bool:
            file = folder / "cut"
            with lock:
                if not file.exists():
                    return False
                left = int(file.read_text() or 0)
                file.write_text(str(left - 1))
                if left <= 1:
                    file.unlink()
                return left > 0

        def _told(self) -> dict[str, Any]:
            file = folder / "answer"
            return json.loads(file.read_text()) if file.exists() else {}

        def _say(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.socket.listen(256)
    (folder / "port.new").write_text(str(server.server_address[1]))
    os.replace(folder / "port.new", folder / "port")
    server.serve_forever(poll_interval=0.05)


def _noted(key: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    try:
        event = json.loads(body)
        data = event["data"]
        what = {"type": event["type"], "publication": data["publication"], "version": data["version"],
                "release": data["release"], "title": data["title"]}  # fmt: skip
    except (ValueError, KeyError, TypeError):
        what = {"bytes": len(body)}
    return {"key": key, "at": time.time(), **what, "body": body.decode("utf-8", "replace")[:20_000], "headers": headers}


if __name__ == "__main__":
    main()
