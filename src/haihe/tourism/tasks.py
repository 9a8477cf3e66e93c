"""What the tourism room does in the background: all of it in child processes of the heavy lane."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from haihe.base.tasks import periodic, task

HOURS = timedelta(hours=2)


@task(lane="heavy", priority=20, attempts=3, title=_("Load a file of figures"), time_limit=HOURS, gone_is_done=True)
def run_load(load: str) -> None:
    """Check and keep a file that waits. Idempotent: what was done is not done again."""
    from haihe.tourism.domain import loads
    from haihe.tourism.models import Load

    loads.run(Load.objects.select_related("stream__organisation", "master__blob").get(pk=load))


@task(lane="heavy", priority=20, attempts=3, title=_("Take a load back"), time_limit=HOURS, gone_is_done=True)
def take_back(load: str, person: int) -> None:
    """Roll a load back. Idempotent: one that holds no more is left alone."""
    from haihe.city.models import Person
    from haihe.tourism.domain import loads
    from haihe.tourism.models import Load

    row = Load.objects.select_related("stream__organisation").get(pk=load)
    if row.state == Load.State.LOADED:
        loads.roll_back(row, Person.objects.filter(pk=person).first())


@task(lane="heavy", priority=10, attempts=3, title=_("Make figures"), time_limit=HOURS, gone_is_done=True)
def make_figures(stream: int, months: list[str]) -> None:
    """Make the figures of some months again, and look for what is wrong. Idempotent."""
    from haihe.tourism.domain import alerting, figures, flagging, forecasting, rollups
    from haihe.tourism.models import Stream

    row = Stream.objects.select_related("organisation").get(pk=stream)
    figures.make(row, months)
    rollups.make(row, months)
    flagging.look(row)
    forecasting.line_up_first(row.organisation_id)
    if row.contract in alerting.STREAMS:
        look_at_crowds.enqueue_once(row.organisation_id, key=f"organisation:{row.organisation_id}")


@task(lane="heavy", attempts=3, title=_("Look 72 hours ahead at crowded places"), time_limit=HOURS)
def look_at_crowds(organisation: int) -> None:
    """Chances, alerts and their score after new counts. Idempotent: a count gives one outlook."""
    from haihe.tourism.domain import alerting

    if alerting.look_ahead(organisation):
        mail_alerts.enqueue_once(key="mail")


@periodic(every=timedelta(minutes=1), offset=timedelta(seconds=50))
@task(lane="deliver", attempts=1, title=_("Mail alerts of crowded places"), once_per_call=True)
def mail_alerts() -> None:
    """Mail what waits, and try again what the mail server did not take. Idempotent: each telling is mailed once."""
    from haihe.tourism.domain import alert_mails

    alert_mails.send_due()


@periodic(every=timedelta(hours=6), offset=timedelta(minutes=20))
@task(lane="heavy", attempts=2, title=_("Look for late streams"))
def look_for_late() -> None:
    """Flag what is overdue; remove files nobody asks any more. Idempotent."""
    from haihe.tourism.domain import flagging, loads
    from haihe.tourism.models import Stream

    for stream in Stream.objects.all():
        flagging.look_for_late(stream, timezone.localdate())
    loads.tidy()


@periodic(every=timedelta(days=1), offset=timedelta(hours=18))  # 02:00 in China
@task(lane="heavy", attempts=2, title=_("Forecast the city's figures"), time_limit=HOURS)
def forecast_all_cities() -> None:
    """Forecast every organisation that has daily figures. Idempotent: the newest forecast is the only one."""
    from haihe.tourism.models import Stream

    for organisation in Stream.objects.order_by().values_list("organisation", flat=True).distinct():
        forecast_one.enqueue_once(organisation, key=f"organisation:{organisation}")


@task(lane="heavy", priority=-50, attempts=2, title=_("Forecast the city's figures"), time_limit=HOURS)
def forecast_one(organisation: int) -> None:
    """Forecast one organisation's daily series, and this month's official figures. Idempotent."""
    from haihe.city.models import Organisation
    from haihe.tourism.domain.demonstration import rehearse
    from haihe.tourism.domain.forecasting import forecast_city
    from haihe.tourism.domain.nowcasts import tell_now

    whose = Organisation.objects.get(pk=organisation)
    if whose.demonstration:
        rehearse(whose)
    forecast_city(organisation)
    tell_now(organisation)


@periodic(every=timedelta(days=1), offset=timedelta(hours=1))  # 09:00 in China
@task(lane="default", attempts=3, title=_("Vouch for yesterday's figures"))
def make_sheets() -> None:
    """Fact sheets of yesterday and of last month. Idempotent: the same figures make no second sheet."""
    from haihe.tourism.domain import sheets

    sheets.make_due_sheets(timezone.localdate())


@periodic(every=timedelta(minutes=1), offset=timedelta(seconds=40))
@task(lane="default", attempts=2, title=_("Take figures out of the inbox"), once_per_call=True)
def take_inbox() -> None:
    """Line up what was put into the inbox. Idempotent."""
    from haihe.tourism.domain import inbox

    inbox.take()


@periodic(every=timedelta(minutes=1), offset=timedelta(seconds=20))
@task(lane="default", attempts=2, title=_("Visit sources of figures"), once_per_call=True)
def visit_sources() -> None:
    """Line up a visit of every source that is due. Idempotent."""
    from haihe.tourism.domain import sources

    for number in sources.due():
        visit_source.enqueue_once(number, key=f"source:{number}")


@task(
    lane="collect",
    attempts=1,
    title=_("Visit a source of figures"),
    time_limit=timedelta(minutes=40),
    gone_is_done=True,
)
def visit_source(source: int, dry: bool = False, person: int | None = None) -> None:
    """Fetch one source. A visit that is cut short leaves nothing; the next one asks for the same days again."""
    from haihe.city.models import Person
    from haihe.tourism.domain import sources
    from haihe.tourism.models import Source

    row = Source.objects.select_related("stream__organisation").get(pk=source)
    by = Person.objects.filter(pk=person).first() if person else None
    sources.visit(row, dry=dry, by=by)
