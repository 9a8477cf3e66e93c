"""Organisations, places, people and their roles."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from haihe.city.errors import MoveByVerb, TreeTooDeep
from haihe.city.roles import ROLES, role_choices

MAX_DEPTH = 8
UNREAD = object()


class Place(models.Model):
    """A place of the city, WGS-84 degrees.

    The register of places is one for the whole city: everyone who holds a role sees it. `organisation` keeps the
    entry: who may edit there may change it; an entry without a keeper is the superuser's.
    """

    gate_shared = True

    class Kind(models.TextChoices):
        PLACE = "place", _("place")
        VENUE = "venue", _("venue")
        SCENIC_SPOT = "scenic_spot", _("scenic spot")
        DISTRICT = "district", _("district")
        STREET = "street", _("street")
        STATION = "station", _("station")

    organisation = models.ForeignKey(
        "city.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="kept_places",
        verbose_name=_("kept by"),
    )
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    name_hant = models.CharField(
        _("name in traditional characters"), max_length=200, blank=True, help_text=_("Empty: converted by rule.")
    )
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=40, choices=Kind.choices, default=Kind.PLACE)
    address = models.CharField(_("address"), max_length=300, blank=True)
    longitude = models.FloatField(_("longitude (WGS-84)"), null=True, blank=True)
    latitude = models.FloatField(_("latitude (WGS-84)"), null=True, blank=True)

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints = [
            models.CheckConstraint(
                name="place_longitude_in_range",
                condition=models.Q(longitude__isnull=True) | models.Q(longitude__gte=-180, longitude__lte=180),
            ),
            models.CheckConstraint(
                name="place_latitude_in_range",
                condition=models.Q(latitude__isnull=True) | models.Q(latitude__gte=-90, latitude__lte=90),
            ),
            models.CheckConstraint(
                name="place_has_both_coordinates_or_none",
                condition=models.Q(longitude__isnull=True, latitude__isnull=True)
                | models.Q(longitude__isnull=False, latitude__isnull=False),
            ),
        ]
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """One node of the city's tree: a centre, a district centre, a museum, a bureau, an enterprise.

    path    ids from the root to this node, "/1/4/17/"; a subtree is one prefix query. Set when the row is made,
            changed only by `city.domain.organisations.move`
    """

    gate_field = "id"
    # Whoever manages people manages the organisation they work in; nothing in Haihe deletes one.
    gate_actions = {"add": "manage_people", "change": "manage_people", "delete": None}

    class Kind(models.TextChoices):
        CITY_CENTRE = "city_centre", _("city media centre")
        DISTRICT_CENTRE = "district_centre", _("district media centre")
        MUSEUM = "museum", _("museum or memorial hall")
        SCENIC_SPOT = "scenic_spot", _("scenic spot")
        BUREAU = "bureau", _("bureau")
        ENTERPRISE = "enterprise", _("enterprise")
        OTHER = "other", _("other")

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent")
    )
    path = models.CharField(max_length=255, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    name_hant = models.CharField(
        _("name in traditional characters"), max_length=200, blank=True, help_text=_("Empty: converted by rule.")
    )
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=40, choices=Kind.choices, default=Kind.OTHER)
    about = models.TextField(_("about"), blank=True)
    about_en = models.TextField(_("about, in English"), blank=True)
    place = models.ForeignKey(
        Place, models.SET_NULL, null=True, blank=True, related_name="organisations", verbose_name=_("place")
    )
    # Set when it is founded and never again: what such an organisation published may be deleted with it.
    demonstration = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(name="organisation_not_its_own_parent", condition=~models.Q(parent=models.F("id"))),
            models.CheckConstraint(
                name="organisation_path_is_set",
                condition=models.Q(path__startswith="/") & models.Q(path__endswith="/") & ~models.Q(path="/"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            stored = getattr(self, "_stored_parent_id", UNREAD)
            if stored is not UNREAD and stored != self.parent_id:
                raise MoveByVerb(thing=self.name)
            super().save(*args, **kwargs)
            return
        with transaction.atomic():
            self.path = f"/{uuid.uuid4().hex}/"  # the id is known only afterwards
            super().save(*args, **kwargs)
            self.path = f"{self.parent.path if self.parent else '/'}{self.pk}/"
            if self.depth > MAX_DEPTH:
                raise TreeTooDeep(thing=self.name)
            type(self).objects.filter(pk=self.pk).update(path=self.path)
        self._stored_parent_id = self.parent_id

    @classmethod
    def from_db(cls, db: Any, field_names: Any, values: Any, **kwargs: Any) -> Organisation:
        instance = super().from_db(db, field_names, values, **kwargs)
        instance._stored_parent_id = instance.__dict__.get("parent_id", UNREAD)
        return instance

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        super().refresh_from_db(*args, **kwargs)
        self._stored_parent_id = self.__dict__.get("parent_id", UNREAD)

    @property
    def depth(self) -> int:
        return self.path.count("/") - 1  # a root is 1


class Person(AbstractUser):
    """An account. Public products carry `pen_name`, never the account name."""

    gate_field = "grants__organisation"
    gate_actions = {"add": "manage_people", "change": "manage_people", "view": "manage_people", "delete": None}

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    pen_name = models.CharField(_("pen name"), max_length=100, blank=True)
    pen_name_hant = models.CharField(
        _("pen name in traditional characters"), max_length=100, blank=True, help_text=_("Empty: converted by rule.")
    )

    class Meta(AbstractUser.Meta):
        verbose_name = _("person")  # type: ignore[assignment]
        verbose_name_plural = _("people")  # type: ignore[assignment]

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """As Django's. Into the admin by any role: each of its pages asks, so roles come before groups, not after."""
        if perm == "wagtailadmin.access_admin":
            from haihe.city.gate import holds_any_role

            return holds_any_role(self) or super().has_perm(perm, obj)
        return super().has_perm(perm, obj)


class RoleGrant(models.Model):
    """A person holds a role in an organisation; what it allows and how far it reaches: `city.roles`."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="grants")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="grants")
    role = models.CharField(_("role"), max_length=40, choices=role_choices())
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    granted_at = models.DateTimeField(_("granted"), default=timezone.now)

    class Meta:
        verbose_name = _("role of a person")
        verbose_name_plural = _("roles of people")
        ordering = ["organisation__path", "role", "id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "organisation", "role"], name="one_grant_each"),
            models.CheckConstraint(name="grant_of_a_known_role", condition=models.Q(role__in=sorted(ROLES))),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.organisation} · {self.role}"
