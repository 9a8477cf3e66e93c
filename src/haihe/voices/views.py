"""Where the public writes, and where staff decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from haihe.base.errors import HaiheError
from haihe.base.web.keys import key_of
from haihe.base.web.languages import interface_language, public_path
from haihe.base.web.speaking import in_its_language
from haihe.city import organisations_for, visible_to
from haihe.releases.models import Publication
from haihe.voices.domain import deciding, saying
from haihe.voices.models import Voice

PER_PAGE = 30
DID = {
    "show": gettext_lazy("The entry stands."),
    "hide": gettext_lazy("The entry is hidden; it is forgotten after thirty days."),
    "back": gettext_lazy("The entry waits again."),
}


class EntryForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("your words"),
        max_length=saying.LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Up to a thousand characters."),
    )
    author = forms.CharField(
        label=gettext_lazy("your name, as it should stand there"),
        required=False,
        max_length=saying.LONGEST_NAME,
        help_text=gettext_lazy("You may leave it out. Nothing else is kept of you."),
    )
    website = forms.CharField(required=False, widget=forms.HiddenInput())  # filled in by robots only


@never_cache
@in_its_language
def guestbook(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """The guestbook of something public: what stands in it, and a place to write."""
    rows = Publication.objects.select_related("current", "organisation").filter(kind__in=PLACES)
    publication = get_object_or_404(rows, path=f"/{kind}/{slug}/", state=Publication.State.PUBLISHED)
    form = EntryForm(request.POST or None)
    taken = request.method == "POST" and form.is_valid()
    if taken and not form.cleaned_data["website"]:
        try:
            words, name = form.cleaned_data["text"], form.cleaned_data["author"]
            saying.say(publication, words, author=name, language=interface_language())
        except HaiheError as error:
            form.add_error(None, f"{error.message} {error.hint}")
            taken = False
    context = {
        "publication": publication,
        "home": public_path(publication.path),
        "entries": saying.shown(publication),
        "form": form,
        "taken": taken,
    }
    return render(request, "voices/guestbook.html", context)


PLACES = ("tour", "exhibition")  # kinds of publication that have a guestbook


@require_http_methods(["GET", "POST"])
def queue(request: HttpRequest) -> HttpResponse:
    """What the public wrote, as far as a person may see it, what waits first; POST decides one entry."""
    seen = visible_to(request.user, Voice.objects.all())
    if request.method == "POST":
        return _decide(request, get_object_or_404(seen, pk=key_of(request.POST.get("voice", ""))))
    state = request.GET.get("state", Voice.State.WAITING)
    rows = seen.filter(state=state).select_related("publication")
    order = ("said_at", "pk") if state == Voice.State.WAITING else ("-decided_at", "-pk")
    page: Any = Paginator(rows.order_by(*order), PER_PAGE).get_page(request.GET.get("p"))
    own = organisations_for(request.user, "publish")
    for one in page:
        one.may_decide = request.user.is_superuser or one.organisation_id in own
    context = {
        "page": page,
        "state": state,
        "filters": Voice.State.choices,
        "waiting": seen.filter(state=Voice.State.WAITING).count(),
    }
    return render(request, "voices/queue.html", context)


def _decide(request: HttpRequest, voice: Voice) -> HttpResponse:
    verb = request.POST.get("verb", "")
    if verb not in deciding.VERBS:
        return HttpResponseBadRequest(_("This cannot be done with an entry."))
    deciding.decide(voice, verb, request.user)
    messages.success(request, DID[verb])
    return redirect(request.get_full_path())
