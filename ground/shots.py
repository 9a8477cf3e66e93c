"""`make shots`: a demonstration city in a temporary home under `haihe up`, with what a portal must bear planted in it
(names of 80 to 300 signs, 500 stories of one section and day, an empty one), looked at by `haihe shots`, then ended."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

from ground.clean_copy import free_port, status
from ground.say import ROOT, stop
from ground.work import bin

STARTS_WITHIN = 120.0
SETTLES = 10.0  # seconds in which the demonstration is indexed and baked


def main() -> int:
    port = free_port()
    url = f"http://localhost:{port}"
    with tempfile.TemporaryDirectory(prefix="haihe-shots-") as home:
        settings = {"HAIHE_HOME": home, "HAIHE_BIND": f"127.0.0.1:{port}", "HAIHE_PUBLIC_URL": url}
        environment = {**os.environ, **settings}
        subprocess.run([bin("haihe"), "prepare"], env=environment, check=True)
        subprocess.run([bin("haihe"), "shots", "--plant"], env=environment, check=True)
        with subprocess.Popen([bin("haihe"), "up"], env=environment, stdout=subprocess.DEVNULL) as city:
            try:
                _wait_for(city, port)
                look = [bin("haihe"), "shots", "--address", url, "--out", str(ROOT / "shots")]
                return subprocess.run(look, env=environment).returncode
            finally:
                city.terminate()
                city.wait(30)


def _wait_for(city: subprocess.Popen[bytes], port: int) -> None:
    ends = time.monotonic() + STARTS_WITHIN
    while status("/", port) != 200:
        if city.poll() is not None or time.monotonic() > ends:
            stop(f"the city did not come to run; status of `haihe up`: {city.poll()}")
        time.sleep(0.2)
    time.sleep(SETTLES)


if __name__ == "__main__":
    sys.exit(main())
