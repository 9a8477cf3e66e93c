"""A real S3 server for tests: OpenStack Swift with its S3 interface, as four processes on loopback, data in one folder.

with Swift(tmp_path) as swift:
    swift.make_bucket("kept")
    Shelf(swift.address("kept"))        # keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from haihe.base.tests.ports import free_port

RINGS = """
import json, sys
from swift.common.ring import RingBuilder

for name, port in json.loads(sys.argv[1]).items():
    builder = RingBuilder(6, 1, 1)
    builder.add_dev({"region": 1, "zone": 1, "ip": "127.0.0.1", "port": port, "device": "d1", "weight": 1})
    builder.rebalance()
    builder.get_ring().save(name + ".ring.gz")
"""
KEY, SECRET = "test:tester", "testing"
PIPELINE = (
    "catch_errors gatekeeper healthcheck cache listing_formats bulk tempurl s3api tempauth copy "
    "container-quotas account-quotas slo dlo versioned_writes symlink proxy-server"
)
PARTS = ("account", "container", "object")
FILTERS = {
    "tempauth": {"user_test_tester": f"{SECRET} .admin"},
    "s3api": {"s3_acl": "false"},
    "cache": {"use": "egg:swift#memcache", "memcache_servers": "127.0.0.1:9"},
}


class Swift:
    """Four processes that end with the block; `stop` and `start` in between keep the data."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "swift"
        self.folder.mkdir(parents=True)
        self.ports = {part: free_port() for part in (*PARTS, "proxy")}
        self.processes: list[subprocess.Popen[bytes]] = []
        self.log = self.folder / "log"
        self._configure()

    def __enter__(self) -> Swift:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.ports['proxy']}"

    def address(self, bucket: str, prefix: str = "") -> str:
        """As settings name it."""
        return f"s3://{bucket}{prefix}?endpoint={self.endpoint}&region=us-east-1"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.processes = [
                subprocess.Popen(
                    [str(_program(f"swift-{name}-server")), str(self.folder / f"{name}.conf")],
                    cwd=self.folder,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
                for name in (*PARTS, "proxy")
            ]
        end = time.monotonic() + 60
        while not all(self._answers(name) for name in (*PARTS, "proxy")):
            if time.monotonic() > end or any(one.poll() is not None for one in self.processes):
                self.stop()
                raise RuntimeError(f"Swift does not start:\n{self.log.read_text(errors='replace')[-4000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """As when its machine goes away: at once."""
        for one in self.processes:
            if one.poll() is None:
                os.killpg(one.pid, signal.SIGKILL)
            one.wait()
        self.processes = []

    def client(self) -> Any:
        """A foreign client of it: boto3."""
        return s3_client(self.endpoint, KEY, SECRET)

    def make_bucket(self, name: str) -> None:
        self.client().create_bucket(Bucket=name)

    def objects(self, bucket: str) -> dict[str, bytes]:
        """Everything in a bucket, read by the foreign client."""
        client = self.client()
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        names = [one["Key"] for page in pages for one in page.get("Contents", [])]
        return {name: client.get_object(Bucket=bucket, Key=name)["Body"].read() for name in names}

    def _answers(self, name: str) -> bool:
        line = http.client.HTTPConnection("127.0.0.1", self.ports[name], timeout=2)
        try:
            line.request("GET", "/healthcheck")
            return line.getresponse().status == 200
        except OSError:
            return False
        finally:
            line.close()

    def _configure(self) -> None:
        (self.folder / "devices" / "d1").mkdir(parents=True)
        self._write("swift.conf", {"swift-hash": {"swift_hash_path_suffix": "tests"}, "storage-policy:0": _POLICY})
        for name in PARTS:
            app = {"use": f"egg:swift#{name}"}
            pipeline = {"pipeline": f"healthcheck {name}-server"}
            own = {**self._default(name), "devices": str(self.folder / "devices"), "mount_check": "false"}
            health = {"use": "egg:swift#healthcheck"}
            sections = {"DEFAULT": own, "pipeline:main": pipeline, f"app:{name}-server": app}
            self._write(f"{name}.conf", {**sections, "filter:healthcheck": health})
        self._rings()
        proxy: dict[str, dict[str, str]] = {
            "DEFAULT": self._default("proxy"),
            "pipeline:main": {"pipeline": PIPELINE},
            "app:proxy-server": {"use": "egg:swift#proxy", "account_autocreate": "true"},
        }
        for name in PIPELINE.split()[:-1]:
            proxy[f"filter:{name}"] = {"use": f"egg:swift#{name.replace('-', '_')}", **FILTERS.get(name, {})}
        self._write("proxy.conf", proxy)

    def _default(self, name: str) -> dict[str, str]:
        place = {"swift_dir": str(self.folder), "bind_ip": "127.0.0.1", "bind_port": str(self.ports[name])}
        return {**place, "workers": "0", "log_level": "ERROR"}

    def _rings(self) -> None:
        """Where each part of the data lies: one device for all, written by Swift's own builder."""
        ports = {name: self.ports[name] for name in PARTS}
        done = subprocess.run(
            [sys.executable, "-c", RINGS, json.dumps(ports)], cwd=self.folder, capture_output=True, check=False
        )
        if done.returncode:
            raise RuntimeError(done.stderr.decode())

    def _write(self, name: str, sections: dict[str, dict[str, str]]) -> None:
        text = "".join(
            f"[{section}]\n" + "".join(f"{key} = {value}\n" for key, value in values.items())
            for section, values in sections.items()
        )
        (self.folder / name).write_text(text)


_POLICY = {"name": "gold", "default": "yes"}


def s3_client(endpoint: str, key: str, secret: str) -> Any:
    """boto3, path style, as programs are told to set it for servers of their own."""
    import boto3
    from botocore.config import Config

    plain = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 2}, connect_timeout=5, read_timeout=60)
    keys = {"aws_access_key_id": key, "aws_secret_access_key": secret}
    return boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", config=plain, **keys)


def _program(name: str) -> Path:
    return Path(sys.executable).parent / name
