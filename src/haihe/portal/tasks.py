"""What the portal does in the background."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from haihe.base.tasks import periodic, task
from haihe.portal.domain.sitemaps import NEWS_CLOCK
from haihe.releases.baking import mark_dirty


@periodic(every=timedelta(hours=1))
@task(lane="bake", title=_("Take old news out of the news sitemap"))
def let_news_age() -> None:
    """The news sitemap holds two days; nobody publishes at the moment when a story becomes older."""
    mark_dirty([NEWS_CLOCK])
