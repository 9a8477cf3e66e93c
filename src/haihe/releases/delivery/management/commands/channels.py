"""`haihe channels`: what each outlet got and owes; send what is due."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from haihe.base.words import padded
from haihe.releases.delivery.domain import boards, dispatching, owing, staff
from haihe.releases.delivery.models import Delivery, Outlet
from haihe.releases.models import Publication


class Command(BaseCommand):
    help = "What each channel got and owes. --send: send what is due now. --owed: each delivery that is not settled."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--send", action="store_true", help="send what is due, in this process")
        parser.add_argument("--owed", action="store_true", help="list deliveries that wait or want a person")
        parser.add_argument("--replay", metavar="OUTLET", help="send again what failed there (number or name)")
        parser.add_argument("--first", metavar="OUTLET", help="owe it what is public and it never had")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["replay"]:
            failed = Delivery.objects.filter(outlet=_outlet(options["replay"]), state=Delivery.State.FAILED)
            done, _problems = staff.act_on_all(list(failed), "replay", by=None)
            self.stderr.write(_("%(count)s to be sent again") % {"count": done})
        if options["first"]:
            count = owing.again(_outlet(options["first"]), Publication.objects.all())
            self.stderr.write(_("%(count)s owed") % {"count": count})
        if options["send"]:
            tally = dispatching.deliver_pending()
            self.stderr.write(_("%(sent)s delivered, %(failed)s tries failed") % vars(tally))
        found = boards.standings(Outlet.objects.all())
        if options["json"]:
            self.stdout.write(json.dumps([_plain(one) for one in found], ensure_ascii=False, indent=1))
            return
        if not found:
            self.stdout.write(_("No channel is set up. Add one in the admin, under Channels."))
        for one in found:
            self.stdout.write(self._line(one))
        if options["owed"]:
            for row in _unsettled():
                self.stdout.write(_row(row))

    def _line(self, one: boards.Standing) -> str:
        told = {"sent": one.sent, "owed": one.owed, "failed": one.failed}
        state = "" if one.outlet.active else _("paused")
        if one.resting:
            until = timezone.localtime(one.outlet.rests_until).strftime("%m-%d %H:%M:%S")
            state = _("rests until %(time)s") % {"time": until}
        counts = _("%(sent)s delivered, %(owed)s waiting, %(failed)s want a person") % told
        name = f"{one.outlet.pk}  {one.outlet.name} ({one.outlet.channel})"
        return f"{padded(name, 40)}  {counts}  {state}".rstrip()


def _outlet(named: str) -> Outlet:
    found = Outlet.objects.filter(pk=int(named)) if named.isdecimal() else Outlet.objects.filter(name=named)
    outlet = found.first()
    if outlet is None:
        raise CommandError(_("%(name)s: there is no such channel") % {"name": named})
    return outlet


def _unsettled() -> Any:
    wanted = (*boards.OWES, *boards.WANTS_STAFF)
    rows = Delivery.objects.filter(state__in=wanted).select_related("publication", "outlet")
    return rows.order_by("outlet", "next_at", "pk").iterator()


def _row(row: Delivery) -> str:
    due = timezone.localtime(row.next_at).strftime("%m-%d %H:%M:%S")
    place = f"{row.publication.path} v{row.version}"
    return f"  #{row.pk}  {row.outlet.name}  {place}  {row.get_state_display()}  {due}  {row.said[:160]}".rstrip()


def _plain(one: boards.Standing) -> dict[str, Any]:
    return {
        "id": one.outlet.pk,
        "name": one.outlet.name,
        "channel": one.outlet.channel,
        "active": one.outlet.active,
        "delivered": one.sent,
        "owed": one.owed,
        "failed": one.failed,
        "last_delivered": one.last_sent.isoformat() if one.last_sent else None,
    }
