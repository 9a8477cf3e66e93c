from wagtail.snippets.models import register_snippet

from haihe.venues.admin.snippets import TourViewSet, VenueViewSet

register_snippet(TourViewSet)
register_snippet(VenueViewSet)
