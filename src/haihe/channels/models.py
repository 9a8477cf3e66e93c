"""Who asked to be told, and what they answered."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Subscriber(models.Model):
    """One address that asked for one newsletter (an outlet). Only a confirmed one gets mail.

    address   emptied when its owner leaves; the row stays, so that the ledger keeps its meaning
    rhythm    each story in a mail of its own, or a digest of a day or a week
    asked_at  when the last confirmation was asked for
    """

    class State(models.TextChoices):
        ASKED = "asked", _("not confirmed yet")
        CONFIRMED = "confirmed", _("confirmed")
        LEFT = "left", pgettext_lazy("channels", "left")

    class Rhythm(models.TextChoices):
        EACH = "each", _("each story at once")
        DAILY = "daily", _("one mail a day")
        WEEKLY = "weekly", _("one mail a week")

    outlet = models.ForeignKey("delivery.Outlet", models.CASCADE, related_name="subscribers")
    address = models.CharField(_("address"), max_length=254, blank=True)
    language = models.CharField(max_length=12, default="zh-hans")
    rhythm = models.CharField(_("how often"), max_length=6, choices=Rhythm.choices, default=Rhythm.EACH)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)

    gate_field = "outlet__organisation"
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        constraints = [
            models.UniqueConstraint(
                "outlet", Lower("address"), name="subscriber_once", condition=~models.Q(address="")
            ),
            models.CheckConstraint(
                name="subscriber_who_left_has_no_address",
                condition=~models.Q(state="left") | models.Q(address=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outlet_id}:{self.pk}"


class Digest(models.Model):
    """One issue of a newsletter for those who want one mail a day, or a week 邮件文摘.

    day     it is of, in the city's time zone
    until   what came later stands in the next one
    told    [key of a release, whether an earlier version was told before]; empty: nobody got a mail
    """

    outlet = models.ForeignKey("delivery.Outlet", models.CASCADE, related_name="digests")
    rhythm = models.CharField(max_length=6, choices=Subscriber.Rhythm.choices)
    day = models.DateField()
    until = models.DateTimeField()
    told = models.JSONField(default=list)

    gate_field = "outlet__organisation"
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        constraints = [models.UniqueConstraint(fields=["outlet", "rhythm", "day"], name="digest_once")]

    def __str__(self) -> str:
        return f"{self.outlet_id}:{self.rhythm}:{self.day}"


class Edition(models.Model):
    """One day of a digital newspaper 数字报.

    until   what reached the newspaper later stands in the next one
    pages   [{name, areas: [{key, x, y, width, height, columns}]}]: key of the publication, millimetres of the page
    """

    outlet = models.ForeignKey("delivery.Outlet", models.CASCADE, related_name="editions")
    day = models.DateField()
    number = models.PositiveIntegerField()
    until = models.DateTimeField()
    pages = models.JSONField(default=list)
    made_at = models.DateTimeField(auto_now=True)

    gate_field = "outlet__organisation"
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["outlet", "day"], name="edition_once")]

    def __str__(self) -> str:
        return f"{self.outlet_id}:{self.day}"


class HubSubscription(models.Model):
    """A program that wants to be told what is new in one of our feeds (WebSub, W3C Recommendation 2018).

    topic      whole address of the feed;  callback: where it is told
    sealed     the subscriber's secret, encrypted
    until      end of its lease; before it is verified, empty
    """

    outlet = models.ForeignKey("delivery.Outlet", models.CASCADE, related_name="hub_subscriptions")
    topic = models.CharField(max_length=1000)
    callback = models.CharField(max_length=1000)
    sealed = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    until = models.DateTimeField(null=True)

    gate_field = "outlet__organisation"
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("hub subscription")
        verbose_name_plural = _("hub subscriptions")
        constraints = [models.UniqueConstraint(fields=["topic", "callback"], name="hub_subscription_once")]
        indexes = [models.Index(fields=["outlet", "topic"])]

    def __str__(self) -> str:
        return f"{self.topic} → {self.callback}"


class Actor(models.Model):
    """An organisation as the fediverse meets it: one for each outlet of ActivityPub.

    handle   what stands before the @; never given to another
    sealed   its private key, encrypted;  public_key: PEM
    """

    outlet = models.OneToOneField("delivery.Outlet", models.CASCADE, related_name="actor")
    handle = models.CharField(max_length=30, unique=True)
    sealed = models.TextField()
    public_key = models.TextField()
    made_at = models.DateTimeField(auto_now_add=True)

    gate_field = "outlet__organisation"
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("account in the fediverse")
        verbose_name_plural = _("accounts in the fediverse")

    def __str__(self) -> str:
        return f"@{self.handle}"


class RemoteActor(models.Model):
    """Somebody on another server, as their server told us.

    uri     address of the document;  public_key: PEM, to know their signatures by
    inbox   where they are told something;  shared: where their whole server is, "" where there is none
    """

    uri = models.CharField(max_length=500, unique=True)
    key = models.CharField(max_length=600)
    public_key = models.TextField()
    inbox = models.CharField(max_length=500)
    shared = models.CharField(max_length=500, blank=True)
    name = models.CharField(max_length=200, blank=True)
    handle = models.CharField(max_length=300)
    read_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return self.handle


class Follower(models.Model):
    """One who follows one of our actors."""

    actor = models.ForeignKey(Actor, models.CASCADE, related_name="followers")
    remote = models.ForeignKey(RemoteActor, models.CASCADE, related_name="follows")
    followed_at = models.DateTimeField()

    gate_field = "actor__outlet__organisation"
    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "remote"], name="follower_once")]

    def __str__(self) -> str:
        return f"{self.remote_id} → {self.actor_id}"


class Reply(models.Model):
    """What somebody answered to something of ours; shown to nobody before staff let it stand.

    text   in plain words;  emptied when its author deletes it
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("to be looked at")
        SHOWN = "shown", _("let stand")
        HIDDEN = "hidden", _("hidden")
        GONE = "gone", _("deleted by its author")

    actor = models.ForeignKey(Actor, models.CASCADE, related_name="replies")
    publication = models.ForeignKey("releases.Publication", models.CASCADE, related_name="+")
    author = models.ForeignKey(RemoteActor, models.CASCADE, related_name="replies")
    uri = models.CharField(max_length=500, unique=True)
    url = models.CharField(max_length=1000, blank=True)
    text = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    received_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    gate_field = "actor__outlet__organisation"
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        indexes = [models.Index(fields=["state", "-received_at"])]

    def __str__(self) -> str:
        return self.uri


class Change(models.Model):
    """One entry of the list that a subscriber of an outlet reads; its key is the cursor."""

    outlet = models.ForeignKey("delivery.Outlet", models.CASCADE, related_name="changes")
    publication = models.ForeignKey("releases.Publication", models.CASCADE, related_name="+")
    release = models.ForeignKey("releases.Release", models.CASCADE, related_name="+")
    again = models.PositiveIntegerField(default=0)  # as the delivery's
    offered_at = models.DateTimeField(auto_now_add=True)

    gate_field = "outlet__organisation"
    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["outlet", "release", "again"], name="change_once")]
        indexes = [models.Index(fields=["outlet", "id"], name="change_after")]

    def __str__(self) -> str:
        return f"{self.outlet_id}:{self.pk}"


class PushKey(models.Model):
    """The key by which push services know an outlet (VAPID). Browsers subscribed with it: it never changes."""

    outlet = models.OneToOneField("delivery.Outlet", models.CASCADE, related_name="push_key")
    sealed = models.TextField()
    public = models.CharField(max_length=100)

    gate_field = "outlet__organisation"
    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return self.public

    @classmethod
    def of(cls, outlet: int) -> PushKey:
        """The outlet's key, made where it has none."""
        from haihe.base import sealing
        from haihe.channels.push.channel import PURPOSE
        from haihe.channels.push.encryption import new_key

        known = cls.objects.filter(outlet=outlet).first()
        if known is not None:
            return known
        private, public = new_key()
        made = {"sealed": sealing.seal(private, purpose=PURPOSE), "public": public}
        return cls.objects.get_or_create(outlet_id=outlet, defaults=made)[0]


class PushSubscription(models.Model):
    """One browser that allowed notifications of one outlet.

    endpoint   address at its push service;  key, auth: what is encrypted for it with, base64url
    gone_at    when the push service said that it is no more
    """

    outlet = models.ForeignKey("delivery.Outlet", models.CASCADE, related_name="push_subscriptions")
    endpoint = models.CharField(max_length=1000)
    key = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    language = models.CharField(max_length=12, default="zh-hans")
    asked_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    gate_field = "outlet__organisation"
    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["outlet", "endpoint"], name="push_subscription_once")]

    def __str__(self) -> str:
        return f"{self.outlet_id}:{self.pk}"
