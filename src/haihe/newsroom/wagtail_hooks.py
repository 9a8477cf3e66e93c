from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from haihe.newsroom.admin import (  # noqa: F401  (their hooks)
    arrival,
    assignments,
    attached,
    board,
    dashboard,
    desks,
    errors,
    families,
    fees,
    house,
    items,
    ledger,
    payments,
    planning,
    reviews,
    sharing,
    sources,
    subscriptions,
)
from haihe.newsroom.admin.aliases import AliasViewSet
from haihe.newsroom.admin.manuscripts import ManuscriptViewSet

register_snippet(ManuscriptViewSet)
register_snippet(AliasViewSet)


@hooks.register("insert_global_admin_js")
def keys_of_the_desk() -> str:
    """G to today's board from everywhere; Ctrl+Enter in the editor."""
    script = '<script type="module" src="{}" data-board="{}"></script>'
    return format_html(script, static("newsroom/keys.js"), reverse("newsroom_board"))


@hooks.register("insert_editor_js")
def follow_the_editor() -> str:
    """Count as one types; remember which version the page shows after it saved by itself."""
    scripts = (static(f"newsroom/{name}.js") for name in ("counting", "freshness"))
    return format_html_join("", '<script type="module" src="{}"></script>', ((script,) for script in scripts))
