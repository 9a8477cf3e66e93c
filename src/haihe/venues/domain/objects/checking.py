"""Whether a glTF file can be shown: everything inside, nothing out of bounds, nothing our viewer cannot draw.

Agrees with the Khronos validator on what it refuses (tests/test_objects.py).
Source: Khronos glTF 2.0, 3.6 "Binary Data Storage", 3.7 "Geometry", 3.5.2 "Nodes and Hierarchy".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from struct import calcsize
from typing import Any

from haihe.base.words import gettext_noop as _
from haihe.venues.domain.objects.container import (
    EXPORT_AGAIN,
    EXPORT_WHOLE,
    Opened,
    Told,
    embedded,
    objects,
    one_of,
    open_gltf,
    out_of_bounds,
    whole,
)
from haihe.venues.domain.objects.errors import ObjectUnusable

COMPONENTS = {5120: "b", 5121: "B", 5122: "<h", 5123: "<H", 5125: "<I", 5126: "<f"}  # as `struct` has them
INDICES = (5121, 5123, 5125)
PARTS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
DRAWN = {  # extensions that the viewer draws; one that is required and not among them is refused
    "KHR_materials_unlit", "KHR_texture_transform", "KHR_mesh_quantization", "KHR_materials_emissive_strength",
    "KHR_materials_ior", "KHR_materials_specular", "KHR_materials_clearcoat", "KHR_materials_sheen",
    "KHR_materials_transmission", "KHR_materials_volume", "KHR_materials_iridescence", "KHR_materials_anisotropy",
    "KHR_lights_punctual", "EXT_texture_webp",
}  # fmt: skip
PICTURES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}
MOST_TRIANGLES = 4_000_000
TRIANGLES = 4  # the mode of a primitive that is left out


@dataclass(frozen=True)
class Facts:
    """What staff and visitors are told of an object. size: bytes of the file."""

    media_type: str
    size: int
    triangles: int
    pictures: int


def check(data: bytes) -> Facts:
    """Look through a glTF or GLB file. Raises ObjectUnusable, which says what is wrong and what to do."""
    opened = open_gltf(data)
    told = opened.told
    _extensions(told)
    views = [_view(view, f"bufferViews/{n}", opened) for n, view in enumerate(objects(told, "bufferViews"))]
    pictures = objects(told, "images")
    for number, picture in enumerate(pictures):
        _picture(picture, f"images/{number}", views)
    accessors = objects(told, "accessors")
    for number, accessor in enumerate(accessors):
        _accessor(accessor, f"accessors/{number}", views)
    triangles = 0
    for number, mesh in enumerate(objects(told, "meshes")):
        for part, primitive in enumerate(objects(mesh, "primitives")):
            triangles += _primitive(primitive, f"meshes/{number}/primitives/{part}", told, accessors, views)
    if not triangles:
        raise ObjectUnusable("empty", _("There is no surface in it."), _("Export the mesh, not only its points."))
    if triangles > MOST_TRIANGLES:
        said = _("It has %(triangles)s triangles; at most %(most)s can be drawn.")
        advice = _("Simplify the mesh and make its textures smaller (2048 pixels), then send it again.")
        raise ObjectUnusable("large", said, advice, triangles=triangles, most=MOST_TRIANGLES)
    _nodes(told)
    return Facts(opened.media_type, len(data), triangles, len(pictures))


def _extensions(told: Told) -> None:
    required = told.get("extensionsRequired", [])
    unknown = [str(one) for one in required if one not in DRAWN] if isinstance(required, list) else ["?"]
    if unknown:
        said = _("It needs an extension that is not drawn here: %(extension)s.")
        advice = _("Export it without compression (no Draco, meshopt or KTX2).")
        raise ObjectUnusable("extension", said, advice, extension=", ".join(unknown)[:200])


@dataclass(frozen=True)
class View:
    """Part of a buffer; stride: bytes from one entry to the next, 0 where they stand close together."""

    data: memoryview
    stride: int


def _view(view: Told, place: str, opened: Opened) -> View:
    buffer = opened.buffers[one_of(opened.buffers, view, "buffer", place)]
    start, length = whole(view, "byteOffset", place, default=0), whole(view, "byteLength", place, least=1)
    if start + length > len(buffer):
        raise out_of_bounds(place, start + length, len(buffer))
    return View(memoryview(buffer)[start : start + length], whole(view, "byteStride", place, default=0))


def _picture(picture: Told, place: str, views: list[View]) -> None:
    data = embedded(picture.get("uri"), place)
    if data is None:
        data = bytes(views[one_of(views, picture, "bufferView", place)].data[:4])
    if not any(data.startswith(begin) for begin in PICTURES):
        said = _("The texture %(place)s is no PNG, JPEG or WebP.")
        raise ObjectUnusable("texture", said, EXPORT_WHOLE, place=place)


def _accessor(accessor: Told, place: str, views: list[View]) -> None:
    count, size = whole(accessor, "count", place, least=1), _size(accessor, place)
    if "bufferView" in accessor:
        view = views[one_of(views, accessor, "bufferView", place)]
        _inside(view, whole(accessor, "byteOffset", place, default=0), view.stride or size, count, size, place)
    sparse = accessor.get("sparse")
    if sparse is None:
        return
    if not isinstance(sparse, dict) or not all(isinstance(sparse.get(one), dict) for one in ("indices", "values")):
        raise ObjectUnusable("malformed", _("%(place)s is not what glTF 2.0 asks for."), EXPORT_AGAIN, place=place)
    changed = whole(sparse, "count", f"{place}/sparse", least=1)
    for name, one in (
        ("indices", {**sparse["indices"], "type": "SCALAR"}),
        ("values", {**accessor, **sparse["values"]}),
    ):
        where = f"{place}/sparse/{name}"
        entry = _size(one, where)
        view = views[one_of(views, one, "bufferView", where)]
        start = whole(sparse[name], "byteOffset", where, default=0)
        _inside(view, start, entry, changed, entry, where)


def _size(accessor: Told, place: str) -> int:
    """Bytes of one entry."""
    kind, component = accessor.get("type"), accessor.get("componentType")
    if kind not in PARTS or component not in COMPONENTS:
        raise ObjectUnusable("malformed", _("%(place)s is not what glTF 2.0 asks for."), EXPORT_AGAIN, place=place)
    return PARTS[kind] * calcsize(COMPONENTS[component])


def _inside(view: View, start: int, step: int, count: int, size: int, place: str) -> None:
    wanted = start + step * (count - 1) + size
    if wanted > len(view.data):
        raise out_of_bounds(place, wanted, len(view.data))


def _primitive(primitive: Told, place: str, told: Told, accessors: list[Told], views: list[View]) -> int:
    """How many triangles it has."""
    attributes = primitive.get("attributes")
    if not isinstance(attributes, dict) or "POSITION" not in attributes:
        raise ObjectUnusable("empty", _("There is no surface in it."), _("Export the mesh, not only its points."))
    counts = {whole(accessors[one_of(accessors, attributes, name, place)], "count", place) for name in attributes}
    if "material" in primitive:
        one_of(objects(told, "materials"), primitive, "material", place)
    vertices = min(counts)
    drawn = vertices
    if "indices" in primitive:
        accessor = accessors[one_of(accessors, primitive, "indices", place)]
        drawn = whole(accessor, "count", place)
        last = _largest_index(accessor, views, place)
        if last >= vertices:
            said = _("%(place)s names point %(number)s, but there are only %(there)s.")
            raise ObjectUnusable("bounds", said, EXPORT_AGAIN, place=place, number=last, there=vertices)
    mode = whole(primitive, "mode", place, default=TRIANGLES)
    return drawn // 3 if mode == TRIANGLES else max(0, drawn - 2) if mode > TRIANGLES else 0


def _largest_index(accessor: Told, views: list[View], place: str) -> int:
    import numpy as np  # here: only whoever takes an object needs it

    if "bufferView" not in accessor:
        return 0
    if accessor.get("componentType") not in INDICES or accessor.get("type") != "SCALAR":
        raise ObjectUnusable("malformed", _("%(place)s is not what glTF 2.0 asks for."), EXPORT_AGAIN, place=place)
    view = views[whole(accessor, "bufferView", place)]
    start, count = whole(accessor, "byteOffset", place, default=0), whole(accessor, "count", place)
    component = COMPONENTS[accessor["componentType"]]
    found = view.data[start : start + count * calcsize(component)].tobytes()
    return int(np.frombuffer(found, component).max())


def _nodes(told: Told) -> None:
    """Nodes are a wood: each has one parent at most, none is its own ancestor."""
    nodes = objects(told, "nodes")
    parents: dict[int, int] = {}
    for number, node in enumerate(nodes):
        if "mesh" in node:
            one_of(objects(told, "meshes"), node, "mesh", f"nodes/{number}")
        for child in _numbers(node, "children", nodes, f"nodes/{number}"):
            if child in parents or child == number:
                raise _tangled(child)
            parents[child] = number
    settled: set[int] = set()
    for number in range(len(nodes)):
        way: set[int] = set()
        at: int | None = number
        while at is not None and at not in settled:
            if at in way:
                raise _tangled(at)
            way.add(at)
            at = parents.get(at)
        settled |= way
    scenes = objects(told, "scenes")
    for number, scene in enumerate(scenes):
        list(_numbers(scene, "nodes", nodes, f"scenes/{number}"))
    if "scene" in told:
        one_of(scenes, told, "scene", "scene")
    if not scenes:
        said = _("There is no scene in it: nothing says what is to be shown.")
        raise ObjectUnusable("empty", said, EXPORT_AGAIN)


def _numbers(told: Told, name: str, listed: list[Any], place: str) -> Iterator[int]:
    named = told.get(name, [])
    if not isinstance(named, list):
        raise ObjectUnusable("malformed", _("%(place)s is not what glTF 2.0 asks for."), EXPORT_AGAIN, place=place)
    for value in named:
        yield one_of(listed, {name: value}, name, place)


def _tangled(number: int) -> ObjectUnusable:
    said = _("The parts of the object hang on each other in a circle (nodes/%(number)s).")
    return ObjectUnusable("loop", said, EXPORT_AGAIN, number=number)
