from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet
from wagtail.snippets.models import register_snippet

from haihe.releases.admin import SectionViewSet, TopicViewSet
from haihe.releases.choosers import publication_chooser


@hooks.register("register_admin_viewset")
def register_publication_chooser() -> ViewSet:
    return publication_chooser


register_snippet(SectionViewSet)
register_snippet(TopicViewSet)


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    """What the entries of the audit trail about public things are called."""
    for action, name in (
        ("release.publish", _("Publish")),
        ("release.correct", _("Correct what is public")),
        ("release.withdraw", _("Withdraw")),
        ("release.erase", _("Erase")),
        ("release.erase.ask", _("Ask for erasure")),
        ("release.erase.refuse", _("Take a request for erasure back")),
        ("review.approve", _("Approve in a review")),
        ("review.reject", _("Request changes in a review")),
    ):
        actions.register_action(action, name, name)
