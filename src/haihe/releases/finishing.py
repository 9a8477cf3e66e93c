"""What Wagtail calls when a review is finished (setting WAGTAIL_FINISH_WORKFLOW_ACTION).

Wagtail reads the setting while its own models load, so nothing here may import a model at the top.
"""

from __future__ import annotations

from typing import Any


def publish_reviewed(workflow_state: Any, user: Any = None) -> None:
    """Publish what the reviewers judged, or refuse. Raises ContentChanged."""
    from haihe.releases.domain import reviewing

    reviewing.finish(workflow_state, by=user)
