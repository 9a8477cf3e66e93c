"""Django as a WSGI application, behind the edge."""

import os

from django.core.wsgi import get_wsgi_application

from haihe.base.edge.visitor import behind_edge

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "haihe.house.settings")
django = get_wsgi_application()

from django.conf import settings  # noqa: E402  (after the settings are named)

application = behind_edge(django, settings.HAIHE.trusted_proxies)
