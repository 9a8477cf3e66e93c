"""Names that a rule would convert wrongly: the directory says how they are written in traditional characters."""

from __future__ import annotations

from haihe.city.models import Organisation, Person, Place


def traditional_names() -> dict[str, str]:
    """Simplified → traditional, of organisations, places and pen names, where the directory gives both."""
    found: dict[str, str] = {}
    for model, name, traditional in (
        (Place, "name", "name_hant"),
        (Organisation, "name", "name_hant"),
        (Person, "pen_name", "pen_name_hant"),
    ):
        rows = model._default_manager.exclude(**{traditional: ""}).exclude(**{name: ""})
        found.update(rows.values_list(name, traditional))
    return found
