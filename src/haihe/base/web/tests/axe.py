"""What axe finds on an open page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).resolve().parents[5] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
OF_LOOKS = ("color-contrast", "link-in-text-block", "scrollable-region-focusable")
"""The rules whose answer another theme, size of type or width can change; the others read what stands in the page."""
NO_ICONS = {"id": "label-content-name-mismatch", "options": {"occurrenceThreshold": 0}}
"""Axe takes words for icons by how a canvas paints them, and without a Han face on the machine it paints nothing."""


def findings(tab: Any, within: str = "html", rules: tuple[str, ...] = ()) -> list[str]:
    """Rule and element of everything that violates a rule (all of axe's own choice, or just these)."""
    options: dict[str, Any] = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    tab.evaluate(SCRIPT.read_text(encoding="utf-8"))
    tab.evaluate(f"axe.configure({json.dumps({'checks': [NO_ICONS]})})")
    result = tab.evaluate(f"axe.run({json.dumps(within)}, {json.dumps(options)})")
    return [f"{one['id']}: {node['html'][:160]}" for one in result["violations"] for node in one["nodes"]]
