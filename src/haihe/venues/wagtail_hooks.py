from wagtail.snippets.models import register_snippet

from haihe.venues.admin.snippets import ExhibitionViewSet, LessonViewSet, TourViewSet, VenueViewSet

register_snippet(TourViewSet)
register_snippet(ExhibitionViewSet)
register_snippet(VenueViewSet)
register_snippet(LessonViewSet)
