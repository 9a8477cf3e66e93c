"""What is registered, and who looks after the city."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.contrib.auth import get_user_model

from haihe.base import doctor
from haihe.base.doctor import Finding, check, note, wrong
from haihe.base.words import gettext as _
from haihe.house.cli import commands


@check("house.registered")
def what_is_registered() -> Iterator[Finding]:
    rooms = [config.label for config in apps.get_app_configs() if config.name.startswith("haihe.")]
    yield note(_("rooms: %(names)s") % {"names": ", ".join(rooms)})
    yield note(_("commands: %(names)s") % {"names": ", ".join(command.name for command in commands())})
    yield note(_("checks: %(names)s") % {"names": ", ".join(doctor.registered())})


@check("house.administrator")
def somebody_may_enter() -> Iterator[Finding]:
    if not get_user_model().objects.filter(is_superuser=True, is_active=True).exists():
        advice = _("Run `haihe prepare`: it makes one and shows the password once.")
        yield wrong(_("there is no administrator"), advice)
