"""Writes docs/settings.md from the keys: `python -m haihe.base.config.document`."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from haihe.base.config.keys import Config

FILE = Path(__file__).resolve().parents[4] / "docs" / "settings.md"
KINDS = {"str": "text", "bool": "true or false", "int": "number", "Path": "folder", "tuple[str, ...]": "list of texts"}

HEAD = """# Settings 设置

`haihe.toml` in the home folder (or the file that `HAIHE_CONFIG` names), and environment variables, which win.
A list in a variable is separated by commas. An unknown key or variable, or a value of the wrong kind, is refused with
one line that says which. `haihe doctor` checks the rest. This page is written from `src/haihe/base/config/keys.py`.

```toml
city_name = "海河市"
public_url = "https://news.example.org"
bind = "127.0.0.1:8000"
```

At a terminal `haihe` speaks the language of the environment: the first of LC_ALL, LC_MESSAGES and LANG that is set
decides, Chinese where it begins with `zh`, else English (`LANG=C haihe doctor`). Where none is set, as in a service, it
is the first of `languages`. What the city writes down itself is in the first of `languages`, whoever runs the command;
what its processes write into the log is English.

| key | variable | kind | default | what it is |
|---|---|---|---|---|
"""


def document() -> str:
    """docs/settings.md as it must stand."""
    return HEAD + "".join(_line(field) for field in dataclasses.fields(Config))


def _line(field: dataclasses.Field[object]) -> str:
    default = field.default
    if isinstance(default, bool):
        shown = str(default).lower()
    elif isinstance(default, tuple):
        shown = ", ".join(default)
    else:
        shown = "" if default == Path() else str(default)  # a folder whose default the text says
    cells = (f"`{field.name}`", f"`HAIHE_{field.name.upper()}`", KINDS[str(field.type)], shown and f"`{shown}`")
    return "| " + " | ".join((*cells, field.metadata["help"])) + " |\n"


if __name__ == "__main__":
    FILE.write_text(document(), encoding="utf-8")
    print(FILE)
