"""Where everything answers."""

from django.urls import include, path
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from haihe.house.api import api

urlpatterns = [
    path("", include("haihe.city.urls")),  # before Wagtail: its sign-in pages lead to /account/
    path("admin/attachments/", include(wagtaildocs_urls)),  # files of documents, through the gate
    path("admin/", include(wagtailadmin_urls)),
    path("api/v1/", api.urls),
    path("", include("haihe.archive.urls")),  # where the edge asks
    path("", include("haihe.newsroom.urls")),
    path("", include("haihe.channels.urls")),
    path("", include("haihe.voices.urls")),
    path("", include("haihe.venues.urls")),  # before the portal: a tour has a page of its own kind
    path("", include("haihe.portal.urls")),  # last: its plain pages answer at any single word
]

handler403 = "haihe.portal.views.errors.forbidden"
handler404 = "haihe.portal.views.errors.not_found"
handler500 = "haihe.portal.views.errors.broken"
