"""Where the newsroom collects from, and the ledger of what was asked and what came."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from haihe.base.outbound import public_url


class Source(models.Model):
    """One address, folder, mailbox or box that brings entries again and again.

    transport   how bytes come: "address", "sitemap", "folder" … (registry: newsroom.domain.transports)
    reader      how bytes are understood: "auto", "rss", "atom", "jsonfeed" (registry: newsroom.domain.readers)
    options     choices of its transport (rule of a list page, mailbox, days back); its keys stand in each transport
    memory      what its transport remembers from visit to visit (maps read, last mail); written by collecting alone
    sealed      a mailbox's password and a hub's secret, encrypted (newsroom.domain.sealing)
    problem     what happened last, in English; problem_code names its kind (newsroom.domain.problems)
    quiet       visits in a row that brought nothing new; they make the pauses longer
    visited_at  when it was last asked; one that lies ahead of now says that the clock was set back
    """

    class Linked(models.TextChoices):
        NEVER = "never", _("never: the entries themselves are enough")
        SHORT = "short", _("where an entry has little text of its own")
        ALWAYS = "always", _("always")

    class Reprint(models.TextChoices):  # 转载许可
        UNKNOWN = "unknown", _("not known")
        LISTED = "listed", _("on the list of sources that may be reprinted")
        AGREED = "agreed", _("agreed in writing")
        ASK = "ask", _("each reprint must be asked for")
        FORBIDDEN = "forbidden", _("may not be reprinted")

    organisation = models.ForeignKey(
        "city.Organisation", models.PROTECT, related_name="sources", verbose_name=_("organisation")
    )
    name = models.CharField(_("name"), max_length=200)
    transport = models.CharField(_("transport"), max_length=40, default="address")
    reader = models.CharField(_("reader"), max_length=40, default="auto")
    address = models.CharField(_("address"), max_length=2000, blank=True)
    active = models.BooleanField(_("active"), default=True)
    every_minutes = models.PositiveIntegerField(_("minutes between visits"), default=15)
    linked = models.CharField(_("fetch linked pages"), max_length=8, choices=Linked.choices, default=Linked.NEVER)
    options = models.JSONField(default=dict, blank=True)
    memory = models.JSONField(default=dict, blank=True)
    sealed = models.TextField(blank=True)
    licence = models.CharField(_("licence"), max_length=300, blank=True)
    reprint = models.CharField(_("reprint permission"), max_length=10, choices=Reprint.choices, default=Reprint.UNKNOWN)
    reprint_basis = models.CharField(_("permission rests on"), max_length=300, blank=True)
    reprint_until = models.DateField(_("permission lasts until"), null=True, blank=True)
    credit_as = models.CharField(_("to be named as"), max_length=200, blank=True)
    etag = models.CharField(max_length=500, blank=True)
    last_modified = models.CharField(max_length=200, blank=True)
    visited_at = models.DateTimeField(null=True, blank=True)
    next_visit_at = models.DateTimeField(null=True, blank=True, db_index=True)
    last_good_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    quiet = models.PositiveIntegerField(default=0)
    problem = models.TextField(_("problem"), blank=True)
    problem_code = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        constraints = [
            models.CheckConstraint(name="source_pause_is_positive", condition=models.Q(every_minutes__gte=1)),
            models.CheckConstraint(
                name="source_reprint_is_known",
                condition=models.Q(reprint__in=["unknown", "listed", "agreed", "ask", "forbidden"]),
            ),
            models.CheckConstraint(
                name="source_linked_is_known", condition=models.Q(linked__in=["never", "short", "always"])
            ),
            models.UniqueConstraint(
                name="address_once_per_organisation",
                fields=["organisation", "address"],
                condition=~models.Q(address=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def shown_address(self) -> str:
        """Its address for people to read, without user name and password; a folder's as the folder is called."""
        return self.address if self.transport == "folder" or not self.address else public_url(self.address)

    @property
    def rights(self) -> dict[str, Any]:
        """What a Master of this source is told about its rights; only what is known."""
        said = {
            "licence": self.licence,
            "reprint": "" if self.reprint == self.Reprint.UNKNOWN else self.reprint,
            "basis": self.reprint_basis,
            "until": self.reprint_until.isoformat() if self.reprint_until else "",
            "credit": self.credit_as,
        }
        return {name: value for name, value in said.items() if value}

    def may_be_reprinted(self, on: date) -> bool:
        """Whether a reprint needs no further asking on a day."""
        allowed = self.reprint in (self.Reprint.LISTED, self.Reprint.AGREED)
        return allowed and not (self.reprint_until and self.reprint_until < on)


class PushKey(models.Model):
    """A key with which a program may hand entries to a source; only its hash is kept.

    until    an older key goes on working until then, so that the program can be told the new one; null: the key of now
    """

    source = models.ForeignKey(Source, models.CASCADE, related_name="push_keys")
    sha256 = models.CharField(max_length=64, unique=True)
    ends_with = models.CharField(max_length=4)
    made_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    gate_field = "source__organisation"

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_push_key_of_now", fields=["source"], condition=models.Q(until__isnull=True)
            )
        ]


class Subscription(models.Model):
    """A source's subscription at a WebSub hub (W3C Recommendation, 2018).

    token    part of the callback's address, known to the hub alone
    lease_until   the hub forgets the subscription then; it is renewed before
    """

    class State(models.TextChoices):
        ASKED = "asked", _("asked for")
        VERIFIED = "verified", _("stands")
        DENIED = "denied", _("denied by the hub")
        LEAVING = "leaving", _("being ended")

    source = models.OneToOneField(Source, models.CASCADE, related_name="subscription")
    hub = models.CharField(max_length=2000)
    topic = models.CharField(max_length=2000)
    token = models.CharField(max_length=64, unique=True)
    sealed_secret = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(blank=True)

    gate_field = "source__organisation"

    wagtail_reference_index_ignore = True


class Fetch(models.Model):
    """One question and its answer: what was asked when, what came, and its Master.

    kind       what was asked for: a visit, a map (of a site), a linked page; or how it came: file, mail, push, hub
    address    what was asked, without user name and password; empty where the source has none
    replay_of  the fetch whose kept bytes were read again
    notes      what was odd and read all the same, in English
    """

    class Kind(models.TextChoices):
        VISIT = "visit", _("visit")
        MAP = "map", _("site map")
        PAGE = "page", _("linked page")
        FILE = "file", _("file")
        MAIL = "mail", _("mail")
        PUSH = "push", _("push")
        HUB = "hub", _("hub")
        REPLAY = "replay", _("replay")

    source = models.ForeignKey(Source, models.CASCADE, related_name="fetches")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.VISIT)
    address = models.CharField(max_length=2000, blank=True)
    replay_of = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="replays")
    asked_at = models.DateTimeField()
    took_ms = models.PositiveIntegerField(default=0)
    status = models.PositiveIntegerField(default=0)  # HTTP status; 0: no answer, or a file
    master = models.ForeignKey("archive.Master", models.PROTECT, null=True, blank=True, related_name="+")
    entries = models.PositiveIntegerField(default=0)
    new_items = models.PositiveIntegerField(default=0)
    changed_items = models.PositiveIntegerField(default=0)
    new_pages = models.PositiveIntegerField(default=0)  # named and waiting to be fetched
    problem = models.TextField(blank=True)
    problem_code = models.CharField(max_length=60, blank=True)
    notes = models.JSONField(default=list, blank=True)

    gate_field = "source__organisation"

    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [models.Index(fields=["source", "-asked_at"]), models.Index(fields=["-asked_at"])]


class LinkedPage(models.Model):
    """A page that a source names and Haihe fetches: the frontier of the crawl.

    key       the entry's own id, or the page's address; the item made of it has it for its `entry_id`
    said_sha256   of what the source said about it; said otherwise, the page is fetched again
    named_by, locator   the fetch that named it and where in its document
    attempts  tries that failed since it was last named
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        TAKEN = "taken", _("taken in")
        FAILED = "failed", _("could not be read")

    source = models.ForeignKey(Source, models.CASCADE, related_name="linked_pages")
    key = models.CharField(max_length=1000)
    address = models.CharField(max_length=2000)
    title = models.CharField(max_length=1000, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    said_sha256 = models.CharField(max_length=64)
    named_by = models.ForeignKey(Fetch, models.SET_NULL, null=True, related_name="+")
    locator = models.CharField(max_length=1000, blank=True)
    found_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    fetch = models.ForeignKey(Fetch, models.SET_NULL, null=True, blank=True, related_name="+")
    problem = models.TextField(blank=True)
    problem_code = models.CharField(max_length=60, blank=True)

    gate_field = "source__organisation"

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="linked_page_once_per_source")]
        indexes = [
            models.Index(fields=["source", "not_before"], name="linked_waiting", condition=models.Q(state="waiting"))
        ]
