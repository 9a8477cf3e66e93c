from wagtail.snippets.models import register_snippet

from haihe.city.tests.sample.models import Note
from haihe.city.wagtail_gate import GatedSnippetViewSet


class NoteViewSet(GatedSnippetViewSet):
    model = Note
    inspect_view_enabled = True
    copy_view_enabled = True
    list_filter = ["organisation"]
    list_export = ["title"]
    search_fields = ["title"]
    search_backend_name = None


register_snippet(NoteViewSet)
