"""The rights of one Master, as staff see and change them, with every decision so far."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from haihe import city
from haihe.archive.domain import erasing, granting, inviting, making
from haihe.archive.domain.rights.policies import (
    AS_PUBLISHED,
    STAFF_ONLY,
    Action,
    Policy,
    Rule,
    embargoed,
    limited,
)
from haihe.archive.domain.rights.statements import STATEMENTS
from haihe.archive.models import Master, MasterErasure
from haihe.base.errors import HaiheError

KINDS = {"published": AS_PUBLISHED, "open": Policy(permissions=(Rule(Action.REPRODUCE),)), "staff": STAFF_ONLY}
SEEN = {
    "picture": gettext_lazy("Picture"),
    "waveform": gettext_lazy("Drawing of the sound"),
    "sound": gettext_lazy("Sound"),
    "speech": gettext_lazy("Sound, small"),
    "poster": gettext_lazy("Still of the film"),
    "film": gettext_lazy("Film"),
    "pages": gettext_lazy("First page"),
}
SMALLEST, LARGEST = 16, 100_000  # pixels


class RightsForm(forms.Form):
    """The policies that a city needs every day; others are written as ODRL by a program and only shown here."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Who may see it"),
        choices=[
            ("published", gettext_lazy("Everybody, while something public shows it")),
            ("open", gettext_lazy("Everybody, who may also take it away and use it again")),
            ("staff", gettext_lazy("Only staff")),
        ],
        widget=forms.RadioSelect,
    )
    statement = forms.ChoiceField(label=gettext_lazy("Licence or rights statement"), required=False)
    until = forms.DateTimeField(
        label=pgettext_lazy("archive", "Not before"),
        required=False,
        help_text=gettext_lazy("An embargo: until then only staff see it."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    edge = forms.IntegerField(
        label=gettext_lazy("Largest size for the public"),
        required=False,
        min_value=SMALLEST,
        max_value=LARGEST,
        help_text=gettext_lazy("Longest edge in pixels; empty: any size."),
    )
    withdrawn = forms.BooleanField(
        label=gettext_lazy("Withdrawn"),
        required=False,
        help_text=gettext_lazy("Nobody sees it any more, on no path, from the moment you save."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chinese = (get_language() or "").startswith("zh")
        named = [(one.uri, f"{one.name_zh if chinese else one.name} ({one.code})") for one in STATEMENTS.values()]
        self.fields["statement"].choices = [("", "—"), *named]

    def policy(self) -> Policy:
        """What the form says."""
        said = self.cleaned_data
        found = KINDS[said["kind"]]
        if said["until"]:
            found = embargoed(found, said["until"])
        if said["edge"]:
            found = limited(found, said["edge"])
        return Policy(found.permissions, (), said["withdrawn"], said["statement"])


class GuestsForm(forms.Form):
    """Until when a signed address is good."""

    till = forms.DateTimeField(
        label=gettext_lazy("Good until"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        help_text=gettext_lazy("Within the next ninety days."),
    )


def said_of(policy: Policy) -> dict[str, Any] | None:
    """The form's values for a policy; None where the form could not say it."""
    begins = {rule.begins for rule in policy.permissions}
    edges = {rule.longest_edge for rule in policy.permissions}
    if len(begins) > 1 or len(edges) > 1 or policy.prohibitions:
        return None
    until: datetime | None = next(iter(begins), None)
    edge = next(iter(edges), None)
    for kind, plain in KINDS.items():
        expected = embargoed(plain, until) if until else plain
        expected = limited(expected, edge) if edge else expected
        if expected.permissions == policy.permissions:
            return {
                "kind": kind,
                "until": until,
                "edge": edge,
                "withdrawn": policy.withdrawn,
                "statement": policy.statement,
            }
    return None


def rights(request: HttpRequest, key: str) -> HttpResponse:
    """Show and change; 404 for what its person may not view."""
    master = city.visible_to(request.user, Master.objects.select_related("organisation")).filter(pk=key).first()
    if master is None:
        raise Http404
    may = city.may(request.user, "withdraw", master.organisation_id)
    policy = granting.policy_of(master)
    said = said_of(policy)
    inviting_now = request.method == "POST" and request.POST.get("decision") == "invite"
    form = RightsForm(None if inviting_now else request.POST or None, initial=said or {})
    guests = GuestsForm(request.POST if inviting_now else None)
    invitation = None
    if request.method == "POST":
        if not may:
            raise PermissionDenied
        if inviting_now:
            invitation = _invited(request, master, guests)
        elif _decided(request, master, form):
            return redirect("archive_rights", key=master.pk)
    context = {
        "master": master,
        "form": form,
        "may_change": may,
        "may_erase": city.may(request.user, "erase", master.organisation_id),
        "may_invite": may and making.shown(master) is not None,
        "guests": guests,
        "invitation": invitation,
        "unsaid": said is None,
        "policy": policy,
        "published": granting.facts_of(master).published,
        "decisions": master.rights_decisions.select_related("decided_by")[:50],
        "erasure": MasterErasure.objects.filter(master=master).select_related("asked_by", "confirmed_by").first(),
        "page_title": _("Rights"),
        "header_icon": "lock",
    }
    return render(request, "archive/rights.html", context)


def _invited(request: HttpRequest, master: Master, form: GuestsForm) -> dict[str, Any] | None:
    """Addresses in full, each with what it shows; None where the form or the rights do not allow it."""
    if not form.is_valid():
        return None
    try:
        made = inviting.invite(master, till=form.cleaned_data["till"], by=request.user)
    except HaiheError as error:
        messages.error(request, f"{error.message} {error.hint}")
        return None
    addresses = [(SEEN[name], request.build_absolute_uri(path)) for name, path in made.addresses.items()]
    return {"till": made.till, "addresses": addresses}


def _decided(request: HttpRequest, master: Master, form: RightsForm) -> bool:
    """Do what the pressed button says; False where the form must be shown again."""
    decision = request.POST.get("decision", "save")
    erasure = MasterErasure.objects.filter(master=master).first()
    try:
        if decision == "save":
            if not form.is_valid():
                return False
            granting.set_policy(master, form.policy(), by=request.user, reason=form.cleaned_data["reason"])
        elif decision == "ask":
            erasing.ask_erasure(master, by=request.user, reason=request.POST.get("why", ""))
        elif decision == "confirm" and erasure:
            erasing.confirm_erasure(erasure, by=request.user)
        elif decision == "refuse" and erasure:
            erasing.refuse_erasure(erasure, by=request.user)
    except HaiheError as error:
        messages.error(request, f"{error.message} {error.hint}")
        return False
    messages.success(request, _("Saved; it holds everywhere from now on."))
    return True


def address_of(master: Master) -> str:
    return reverse("archive_rights", kwargs={"key": master.pk})
