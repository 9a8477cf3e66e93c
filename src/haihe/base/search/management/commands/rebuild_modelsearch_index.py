"""modelsearch's own name for `update_index`; its app is not installed beside Wagtail's."""

from modelsearch.management.commands.rebuild_modelsearch_index import Command

__all__ = ["Command"]
