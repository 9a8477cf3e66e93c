"""`bench_editors` on PostgreSQL: a server of its own, with its own defaults: each commit waits for the disk."""

from __future__ import annotations

import os

import bench_editors
from figures import Figure
from haihe.base.tasks.tests.cluster import postgres
from haihe.base.tests.ports import free_port


def run() -> list[Figure]:
    port = free_port()
    with postgres(port, lasting=True):
        os.environ["HAIHE_DATABASE_URL"] = f"postgresql://haihe@127.0.0.1:{port}/postgres"
        try:
            return bench_editors.run()
        finally:
            del os.environ["HAIHE_DATABASE_URL"]


if __name__ == "__main__":
    for figure in run():
        print(figure.as_json())
