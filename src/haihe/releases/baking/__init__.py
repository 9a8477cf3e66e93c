"""baking: public pages as files. Takes views that name what they depend on; gives the baked tree that the edge, or
nginx, serves. A Release marks its dependants; they are baked again at once, the rest by the worker.

    @baked
    def section(request, slug):
        depends_on(f"section:{slug}")
        ...

    mark_dirty([f"section:{slug}"])     # in the transaction that changes what the page shows

`register_paths` names addresses that are to be baked before anybody asks for them; `register_forms` those below a
publication's own address (a card) that are to be baked after it; `pack_densely` has the smallest forms made of some.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from haihe.releases.baking.domain.collecting import depends_on, shared
from haihe.releases.baking.domain.paths import pack_densely, register_forms, register_paths
from haihe.releases.baking.serving import baked, exported

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.urls import ResolverMatch

__all__ = [
    "already_baked",
    "anonymous",
    "baked",
    "depends_on",
    "exported",
    "mark_dirty",
    "pack_densely",
    "register_forms",
    "register_paths",
    "shared",
]


def mark_dirty(keys: Iterable[str]) -> int:
    """Say that what these keys name has changed: every page that depends on one of them is baked again within seconds
    of the commit, or stays as it is when the transaction rolls back. Returns how many pages are behind by it."""
    from haihe.releases.baking.domain.marking import mark

    return mark(keys)


def already_baked(path: str) -> bytes | None:
    """The bytes that stand at an address now, for views whose making is dear; None where there are none (yet), they
    are damaged, or what stood there was withdrawn."""
    from haihe.base.edge import tree
    from haihe.base.errors import HaiheError
    from haihe.releases.baking.domain.place import baked_root

    try:
        found = tree.read(baked_root(), path)
    except HaiheError:
        return None
    return found[1]["identity"] if found and found[0].status == 200 else None


def anonymous(path: str, query: str, match: ResolverMatch) -> HttpRequest:
    """A request of nobody for another address, for a view that is made of another's page."""
    from haihe.releases.baking.domain.rendering import AnonymousRequest

    request = AnonymousRequest(path, query)
    request.resolver_match = match
    return request
