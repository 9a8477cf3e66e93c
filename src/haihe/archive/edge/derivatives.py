"""Sound, film and pages of documents, `/-/derivatives/ID/RECIPE…`: what was made of a Master, each request decided by
its rights, parts by range. What is not made yet is asked for, and there in a moment."""

from __future__ import annotations

import re
from pathlib import Path

from haihe.archive.domain.derive.places import derivative_folder
from haihe.archive.domain.derive.recipes import RECIPES
from haihe.archive.domain.rights.policies import Action
from haihe.archive.domain.rights.signing import edge_word, invitation
from haihe.archive.edge.lookups import Known, lookups
from haihe.archive.edge.refusals import known_of, refuse, say
from haihe.base.config import load
from haihe.base.edge import files
from haihe.base.edge.asking import ask_json
from haihe.base.edge.routes import Request

INSIDE = re.compile(r"\d{4}\.jpg|text\.json")
ASK = "/-/rights/derive"


class Derivatives:
    prefix = "/-/derivatives/"

    def __init__(self) -> None:
        self.home = Path(load().home)

    async def handle(self, request: Request) -> None:
        if not request.only_reads():
            return
        identifier, _, rest = request.path.removeprefix(self.prefix).partition("/")
        name, inside = self._asked(rest)
        if name is None:
            say(request, 404)
            return
        master, till = invitation(identifier, lookups().key)
        known = await known_of(request, f"master={master}")
        if known is None:
            return
        decision = known.decide(Action.DISPLAY, till)
        if not decision.allowed or decision.longest_edge is not None:  # who may see it only small hears nothing of it
            refuse(request, known, decision)
            return
        await self._send(request, known, name, inside)

    @staticmethod
    def _asked(rest: str) -> tuple[str | None, str]:
        """The recipe, and the file inside its folder; None for what is no derivative's address."""
        first, _, inside = rest.partition("/")
        for recipe in RECIPES.values():
            if first == f"{recipe.name}{recipe.suffix}" and bool(inside) == (not recipe.suffix):
                return (recipe.name, inside) if not inside or INSIDE.fullmatch(inside) else (None, "")
        return None, ""

    async def _send(self, request: Request, known: Known, name: str, inside: str) -> None:
        folder = derivative_folder(self.home, known.sha256)
        made = folder / f"{name}{RECIPES[name].suffix}"
        file = made / inside if inside else made
        if file.is_file():
            files.send_file(request.scope, request.proto, str(file), media=True)
        elif made.exists() or (folder / f"{name}.none").exists():
            say(request, 404)
        else:
            await self._have_made(request, known.master.id, name)
            say(request, 503)

    async def _have_made(self, request: Request, master: str, name: str) -> None:
        """Ask Django for it; should it not hear, the next request asks again."""
        word = (b"x-haihe-edge", edge_word(lookups().key).encode())
        await ask_json(request.edge.django, f"{ASK}?master={master}&recipe={name}", word, method="POST")
