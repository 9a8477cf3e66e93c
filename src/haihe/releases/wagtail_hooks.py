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
