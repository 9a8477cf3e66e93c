"""The tree of organisations: list, found, edit, move, remove."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from wagtail.admin import messages

from haihe.base.errors import HaiheError
from haihe.city import gate, roles
from haihe.city.admin.pages import organisation_for, page, tell
from haihe.city.domain.organisations import found, in_tree_order, move, rename
from haihe.city.domain.removing import hanging_on, remove
from haihe.city.errors import StillInUse
from haihe.city.models import Organisation

_CRUMB = "city_organisations"


class TreeChoice(forms.ModelChoiceField):
    """A choice of organisations shown as the tree that its user sees."""

    def __init__(self, *, request: HttpRequest, action: str, **kwargs: Any) -> None:
        choices = in_tree_order(gate.visible_to(request.user, Organisation.objects.all(), action))  # type: ignore[arg-type]
        super().__init__(queryset=Organisation.objects.filter(pk__in=[row.pk for row, _depth in choices]), **kwargs)
        empty = [("", self.empty_label)] if self.empty_label is not None else []
        self.choices = [*empty, *((row.pk, "\u3000" * depth + row.name) for row, depth in choices)]


class About(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Organisation
        fields: tuple[str, ...] = ("name", "name_en", "name_hant", "kind", "about", "about_en", "place")


class Found(About):
    slug = forms.SlugField(
        label=gettext_lazy("slug"), required=False, help_text=gettext_lazy("Left empty, it is made from the name.")
    )

    class Meta(About.Meta):
        fields = ("name", "name_en", "name_hant", "slug", "kind", "about", "about_en", "place")

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        top = _("a tree of its own") if gate.is_sovereign(request.user) else None  # type: ignore[arg-type]
        self.fields["parent"] = TreeChoice(
            request=request,
            action=roles.MANAGE_PEOPLE,
            label=_("below"),
            required=top is None,
            empty_label=top,
            initial=request.GET.get("parent"),
        )
        self.order_fields(["parent"])


class Move(forms.Form):
    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        top = _("a tree of its own") if gate.is_sovereign(request.user) else None  # type: ignore[arg-type]
        self.fields["to"] = TreeChoice(
            request=request, action=roles.MANAGE_PEOPLE, label=_("below"), required=top is None, empty_label=top
        )


def index(request: HttpRequest) -> HttpResponse:
    """The tree, as far as this person sees it."""
    seen = gate.visible_to(request.user, Organisation.objects.all())  # type: ignore[arg-type]
    words = request.GET.get("q", "").strip()
    if words:
        seen = seen.filter(name__icontains=words) | seen.filter(name_en__icontains=words)
    manages = gate.organisations_for(request.user, roles.MANAGE_PEOPLE)  # type: ignore[arg-type]
    rows = [(row, depth, row.pk in manages) for row, depth in in_tree_order(seen)]
    return page(request, "organisations", _("Organisations"), rows=rows, words=words, may_found=_may_found(request))


def new(request: HttpRequest) -> HttpResponse:
    form = Found(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        try:
            made = found(by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except HaiheError as error:
            tell(request, error)
        else:
            messages.success(request, _("%(name)s has been founded.") % {"name": made.name})
            return redirect(_CRUMB)
    return page(request, "form", _("Found an organisation"), crumbs=_crumbs(), form=form, submit=_("Found"))


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    organisation = organisation_for(request, pk, roles.MANAGE_PEOPLE)
    before = (organisation.name, organisation.name_en)
    form = About(request.POST or None, instance=organisation)
    if request.method == "POST" and form.is_valid():
        changed = form.save(commit=False)
        if (changed.name, changed.name_en) != before:
            rename(changed, name=changed.name, name_en=changed.name_en, by=request.user)  # type: ignore[arg-type]
        changed.save()
        messages.success(request, _("%(name)s has been saved.") % {"name": changed.name})
        return redirect(_CRUMB)
    return page(request, "form", before[0], crumbs=_crumbs(), form=form, submit=_("Save"), organisation=organisation)


def move_view(request: HttpRequest, pk: int) -> HttpResponse:
    organisation = organisation_for(request, pk, roles.MANAGE_PEOPLE)
    form = Move(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        try:
            move(organisation, to=form.cleaned_data["to"], by=request.user)  # type: ignore[arg-type]
        except HaiheError as error:
            tell(request, error)
        else:
            messages.success(request, _("%(name)s has been moved.") % {"name": organisation.name})
            return redirect(_CRUMB)
    title = _("Move %(name)s") % {"name": organisation.name}
    about = _("Everything below it moves along. Roles that reach down a branch follow the new tree at once.")
    return page(
        request, "form", title, crumbs=_crumbs(), form=form, submit=pgettext("organisation", "Move"), about=about
    )


def remove_view(request: HttpRequest, pk: int) -> HttpResponse:
    """What still belongs to it; a button to remove it where nothing does."""
    organisation = organisation_for(request, pk, roles.MANAGE_PEOPLE)
    if request.method == "POST":
        name = organisation.name
        try:
            remove(organisation, by=request.user)  # type: ignore[arg-type]
        except HaiheError as error:
            tell(request, error)
        else:
            messages.success(request, _("%(name)s has been removed.") % {"name": name})
            return redirect(_CRUMB)
    title = _("Remove %(name)s") % {"name": organisation.name}
    return page(
        request, "remove", title, crumbs=_crumbs(), left=hanging_on(organisation), organisation=organisation,
        advice=StillInUse.advice,
    )  # fmt: skip


def _may_found(request: HttpRequest) -> bool:
    user: Any = request.user
    return gate.is_sovereign(user) or bool(gate.organisations_for(user, roles.MANAGE_PEOPLE))


def _crumbs() -> tuple[tuple[str, str], ...]:
    return ((reverse(_CRUMB), _("Organisations")),)
