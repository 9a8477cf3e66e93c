"""Pictures, films and captions of a text become files of the organisation that takes it, rights included."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.files import File

from haihe.archive.domain import granting
from haihe.archive.models import Attachment, Picture, Rights

if TYPE_CHECKING:
    from haihe.city.models import Organisation, Person
    from haihe.newsroom.models import Manuscript

Kept = TypeVar("Kept", Picture, Attachment)
# Beside the bytes, what of a file is taken over.
_PICTURE = ("title", "description", "credit", "ai", *(f"focal_point_{side}" for side in ("x", "y", "width", "height")))
_ATTACHMENT = ("title",)


class Copies:
    """Files of one organisation made from another's, each once: what an earlier text brought is found again."""

    def __init__(self, organisation: Organisation, by: Person) -> None:
        self.organisation, self.by = organisation, by
        self.made: dict[tuple[type, Any], Any] = {}

    def bring(self, source: Manuscript) -> None:
        """Copy every file of a text. A film takes its time, so this is done before rows are locked."""
        self.picture(source.lead_picture)
        self.body(source)

    def body(self, source: Manuscript) -> str:
        """The body as it is stored, naming the copies."""
        body = source.body.get_prep_value() if source.body else []
        for value, name, model in _files(body):
            value[name] = self._of_key(model, value[name])
        return json.dumps(body)

    def picture(self, picture: Picture | None) -> Picture | None:
        return self._of(picture) if picture is not None else None

    def _of_key(self, model: type[Kept], key: int | None) -> int | None:
        row = model._default_manager.filter(pk=key).first() if key else None
        return self._of(row).pk if row else None

    def _of(self, row: Kept) -> Kept:
        if row.organisation_id == self.organisation.pk:
            return row
        name = (type(row), row.pk)
        if name not in self.made:
            self.made[name] = self._same_here(row) or self._copy(row)
        return self.made[name]

    def _same_here(self, row: Kept) -> Kept | None:
        if row.master is None:
            return None
        own = type(row)._default_manager.filter(organisation=self.organisation, master__blob=row.master.blob_id)
        told = {"credit": row.credit, "ai": row.ai} if isinstance(row, Picture) else {}
        return own.filter(title=row.title, **told).order_by("pk").first()

    def _copy(self, row: Kept) -> Kept:
        names = _PICTURE if isinstance(row, Picture) else _ATTACHMENT
        values = {name: getattr(row, name) for name in names}
        with row.file.open("rb") as file:
            copy = type(row)._default_manager.create(
                organisation=self.organisation,
                file=File(file, name=(row.file.name or "").rpartition("/")[2]),
                uploaded_by_user=self.by,
                **values,
            )
        if row.master is not None and copy.master is not None:
            copy.master.rights = row.master.rights
            copy.master.save(update_fields=["rights"])
            if Rights.objects.filter(master=row.master).exists():
                said = f"{row.organisation.slug}: {row.master_id}"
                granting.set_policy(copy.master, granting.policy_of(row.master), by=None, reason=said)
        return copy


def _files(body: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], str, Any]]:
    """Every place of a stored body that names a file: where, under which name, of which kind."""
    for block in body:
        value = block["value"]
        if block["type"] == "picture":
            yield value, "picture", Picture
        elif block["type"] == "gallery":
            for one in value["pictures"]:
                yield one["value"], "picture", Picture
        elif block["type"] == "video":
            yield value, "video", Attachment
            yield value, "poster", Picture
            for one in value["captions"]:
                yield one["value"], "file", Attachment
