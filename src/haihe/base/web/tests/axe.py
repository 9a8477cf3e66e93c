"""What axe finds on an open page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).resolve().parents[5] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
OF_LOOKS = ("color-contrast", "link-in-text-block", "scrollable-region-focusable")
"""The rules whose answer another theme, size of type or width can change; the others read what stands in the page."""

RUN = """async ([within, options]) => {
  const pen = CanvasRenderingContext2D.prototype, { getImageData } = pen;
  pen.getImageData = () => ({ data: new Uint8ClampedArray(4).fill(255) });
  try { return await axe.run(within, options); } finally { pen.getImageData = getImageData; }
}"""
"""Axe takes words for icons by how a canvas paints them; signs still to come (faces.ts) it would paint blank."""


def findings(tab: Any, within: str = "html", rules: tuple[str, ...] = ()) -> list[str]:
    """Rule and element of everything that violates a rule (all of axe's own choice, or just these)."""
    options: dict[str, Any] = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    tab.evaluate(SCRIPT.read_text(encoding="utf-8"))
    result = tab.evaluate(RUN, [within, options])
    return [f"{one['id']}: {node['html'][:160]}" for one in result["violations"] for node in one["nodes"]]
