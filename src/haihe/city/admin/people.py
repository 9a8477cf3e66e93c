"""People of the organisations one manages: list, invite, roles, sign-in links."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from haihe.base.errors import HaiheError
from haihe.city import roles
from haihe.city.admin.organisations import TreeChoice
from haihe.city.admin.pages import organisation_for, page, tell
from haihe.city.domain.people import grant, invite, may_change_account, people_managed_by, revoke, set_active
from haihe.city.domain.sign_in_links import sign_in_link
from haihe.city.models import Person


class Invite(forms.Form):
    username = forms.CharField(
        label=gettext_lazy("account name"), max_length=150, validators=[UnicodeUsernameValidator()]
    )
    email = forms.EmailField(label=gettext_lazy("e-mail"), required=False)
    name = forms.CharField(label=gettext_lazy("name"), max_length=150, required=False)
    role = forms.ChoiceField(label=gettext_lazy("role"), choices=roles.role_choices)

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"] = _where(request)


class Grant(forms.Form):
    role = forms.ChoiceField(label=gettext_lazy("role"), choices=roles.role_choices)

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"] = _where(request)


def index(request: HttpRequest) -> HttpResponse:
    """Everybody with a role where this person manages people; of their roles, those there."""
    people = people_managed_by(request.user)  # type: ignore[arg-type]
    words = request.GET.get("q", "").strip()
    if words:
        people = people.filter(username__icontains=words) | people.filter(first_name__icontains=words)
    return page(request, "people", _("People"), people=people, words=words)


def new(request: HttpRequest) -> HttpResponse:
    _manages_somewhere(request)
    form = Invite(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        try:
            invitation = invite(by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except HaiheError as error:
            tell(request, error)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            if invitation.is_new:
                return _show_link(request, invitation.person)
            messages.success(request, _("The account was there already; it now holds the role."))
            return redirect("city_person", pk=invitation.person.pk)
    return page(request, "form", _("Invite a person"), crumbs=_crumbs(), form=form, submit=_("Invite"))


def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: their roles here, giving another."""
    found = _person(request, pk)
    form = Grant(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        try:
            grant(found, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except HaiheError as error:
            tell(request, error)
        else:
            return redirect("city_person", pk=pk)
    whole = may_change_account(request.user, found)  # type: ignore[arg-type]
    return page(request, "person", found.get_username(), crumbs=_crumbs(), form=form, person=found, whole=whole)


@require_POST
def revoke_view(request: HttpRequest, pk: int, grant_id: int) -> HttpResponse:
    found = _person(request, pk)
    given = get_object_or_404(found.grants.select_related("organisation"), pk=grant_id)
    organisation = organisation_for(request, given.organisation_id, roles.MANAGE_PEOPLE)
    try:
        revoke(found, given.role, organisation, by=request.user)  # type: ignore[arg-type]
    except HaiheError as error:
        tell(request, error)
    still = people_managed_by(request.user).filter(pk=pk).exists()  # type: ignore[arg-type]
    return redirect("city_person", pk=pk) if still else redirect("city_people")


@require_POST
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """A new sign-in link for somebody who lost the first, or their password."""
    found = _person(request, pk)
    if not may_change_account(request.user, found):  # type: ignore[arg-type]
        raise Http404
    return _show_link(request, found)


@require_POST
def activate(request: HttpRequest, pk: int) -> HttpResponse:
    found = _person(request, pk)
    try:
        set_active(found, not found.is_active, by=request.user)  # type: ignore[arg-type]
    except HaiheError as error:
        tell(request, error)
    return redirect("city_person", pk=pk)


def _show_link(request: HttpRequest, found: Person) -> HttpResponse:
    address = request.build_absolute_uri(sign_in_link(found, by=request.user))  # type: ignore[arg-type]
    return page(request, "link", found.get_username(), crumbs=_crumbs(), person=found, address=address)


def _person(request: HttpRequest, pk: int) -> Person:
    found = people_managed_by(request.user).filter(pk=pk).first()  # type: ignore[arg-type]
    if found is None:
        raise Http404
    return found


def _where(request: HttpRequest) -> TreeChoice:
    return TreeChoice(
        request=request, action=roles.MANAGE_PEOPLE, label=_("organisation"), empty_label=None,
        initial=request.GET.get("organisation"),
    )  # fmt: skip


def _manages_somewhere(request: HttpRequest) -> None:
    from haihe.city import gate

    user: Any = request.user
    if not gate.organisations_for(user, roles.MANAGE_PEOPLE):
        raise Http404


def _crumbs() -> tuple[tuple[str, str], ...]:
    return ((reverse("city_people"), _("People")),)
