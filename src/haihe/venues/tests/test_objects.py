"""3D objects, whole and spoiled, beside the Khronos validator (npm, gltf-validator): what it refuses we refuse."""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from haihe.venues.domain.objects.checking import check
from haihe.venues.domain.objects.container import LARGEST, is_gltf
from haihe.venues.domain.objects.errors import ObjectUnusable
from haihe.venues.tests import made_objects
from haihe.venues.tests.made_objects import Told, glb, gltf, put

FRONT = Path(__file__).resolve().parents[4] / "frontend"
JUDGE = """
const { readFileSync } = require("fs");
const validator = require(process.argv[1]);
const outside = (uri) => Promise.reject(new Error("nothing is outside: " + uri));
Promise.all(process.argv.slice(2).map(async (file) => {
  const options = { externalResourceFunction: outside, maxIssues: 0 };
  try {
    const report = await validator.validateBytes(new Uint8Array(readFileSync(file)), options);
    return report.issues.messages.filter((one) => one.severity === 0 || one.code === "IO_ERROR").map((one) => one.code);
  } catch (error) { return [String(error)]; }
})).then((found) => console.log(JSON.stringify(found)));
"""
WHOLE: dict[str, Callable[[], bytes]] = {
    "glb": glb,
    "gltf": gltf,
    "texture by data address": lambda: gltf(_texture_as_address),
    "sparse": lambda: _sparse(1),
    "bytes behind": lambda: glb() + b"\x00" * 8,
}
NODES = [{"mesh": 0, "children": [1]}, {"children": [2]}, {"children": [1]}]
SPOILED: dict[str, tuple[Callable[[], bytes], str]] = {
    "buffer outside": (lambda: gltf(put("buffers", 0, "uri", "vase.bin")), "outside"),
    "buffer on the web": (lambda: gltf(put("buffers", 0, "uri", "https://evil.example/vase.bin")), "outside"),
    "texture outside": (lambda: glb(put("images", 0, {"uri": "../../etc/passwd"})), "outside"),
    "cut in the buffer": (lambda: glb()[:-500], "truncated"),
    "cut in the head": (lambda: glb()[:14], "truncated"),
    "cut json": (lambda: gltf()[:-20], "unreadable"),
    "buffer too short": (lambda: glb(put("buffers", 0, "byteLength", 9_000_000)), "bounds"),
    "view out of bounds": (lambda: glb(put("bufferViews", 4, "byteLength", 900_000)), "bounds"),
    "accessor out of bounds": (lambda: glb(put("accessors", 1, "count", 90_000)), "bounds"),
    "index out of bounds": (lambda: glb(put("bufferViews", 3, "byteOffset", 0)), "bounds"),
    "sparse out of bounds": (lambda: _sparse(200), "bounds"),
    "no such view": (lambda: glb(put("accessors", 0, "bufferView", 77)), "reference"),
    "no such mesh": (lambda: glb(put("nodes", 0, "mesh", 3)), "reference"),
    "circle of nodes": (lambda: glb(put("nodes", NODES)), "loop"),
    "other version": (lambda: glb(put("asset", "version", "1.0")), "version"),
    "no component type": (lambda: glb(put("accessors", 0, "componentType", 99)), "malformed"),
    "list that is none": (lambda: glb(put("accessors", {"a": 1})), "malformed"),
}
OURS_ALONE: dict[str, tuple[Callable[[], bytes], str]] = {  # good glTF that a phone's browser is not given
    "compressed": (lambda: glb(put("extensionsRequired", ["KHR_draco_mesh_compression"])), "extension"),
    "points alone": (lambda: glb(put("meshes", 0, "primitives", 0, "mode", 0)), "empty"),
    "no mesh": (lambda: json.dumps({"asset": {"version": "2.0"}}).encode(), "empty"),
    "too large": (lambda: b"glTF" + b"\x00" * LARGEST, "large"),
    "deep json": (lambda: b'{"asset":' + b"[" * 200_000, "unreadable"),
}


def _texture_as_address(told: Told) -> None:
    view = told["bufferViews"].pop(4)
    picture = made_objects.vase()[1][view["byteOffset"] :][: view["byteLength"]]
    told["images"][0] = {"uri": f"data:image/png;base64,{b64encode(picture).decode()}"}


def _sparse(count: int) -> bytes:
    """The vase, the first place on whose texture is told apart: one, or more than there are bytes for."""
    told, binary = made_objects.vase()
    start = len(binary)
    binary += struct.pack("<HxxffI", 0, 0.5, 0.5, 0)
    told["buffers"][0]["byteLength"] = len(binary)
    told["bufferViews"] += [
        {"buffer": 0, "byteOffset": start, "byteLength": 2},
        {"buffer": 0, "byteOffset": start + 4, "byteLength": 8},
    ]
    indices = {"bufferView": 5, "componentType": 5123}
    told["accessors"][2]["sparse"] = {"count": count, "indices": indices, "values": {"bufferView": 6}}
    return made_objects.packed(told, binary)


@pytest.mark.parametrize("name", WHOLE)
def test_whole_object_is_taken_with_its_facts(name: str) -> None:
    data = WHOLE[name]()
    facts = check(data)
    assert is_gltf(data[:4096])
    assert (facts.triangles, facts.pictures, facts.size) == (384, 1, len(data))
    assert facts.media_type == ("model/gltf-binary" if data[:4] == b"glTF" else "model/gltf+json")


@pytest.mark.parametrize("name", [*SPOILED, *OURS_ALONE])
def test_spoiled_object_is_refused_with_what_to_do(name: str) -> None:
    make, code = {**SPOILED, **OURS_ALONE}[name]
    with pytest.raises(ObjectUnusable) as refused:
        check(make())
    assert refused.value.code == code
    assert refused.value.words
    assert refused.value.advice
    assert "%(" not in refused.value.message


def test_khronos_validator_judges_alike(tmp_path: Path) -> None:
    node = shutil.which("node", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert node, "no Node: `make setup` brings one"
    kinds = {**WHOLE, **{name: make for name, (make, _code) in SPOILED.items()}}
    files = []
    for number, make in enumerate(kinds.values()):
        files.append(tmp_path / f"{number}.gltf")
        files[-1].write_bytes(make())
    command = [node, "-e", JUDGE, str(FRONT / "node_modules" / "gltf-validator"), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = dict(zip(kinds, json.loads(done.stdout), strict=True))
    assert {name: found[name] for name in WHOLE} == {name: [] for name in WHOLE}
    assert [name for name in SPOILED if not found[name]] == []
