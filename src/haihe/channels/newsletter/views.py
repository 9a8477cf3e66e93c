"""Where the public asks for a newsletter, confirms it, and leaves it."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from haihe.channels.models import Subscriber
from haihe.channels.newsletter import subscribing
from haihe.releases.delivery.models import Outlet


class AskForm(forms.Form):
    address = forms.EmailField(
        label=_("your mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    rhythm = forms.ChoiceField(
        label=_("how often"), choices=Subscriber.Rhythm.choices, initial=Subscriber.Rhythm.EACH, required=False,
        widget=forms.RadioSelect,
    )  # fmt: skip
    website = forms.CharField(required=False, widget=forms.HiddenInput())  # filled in by robots only


@never_cache
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """The form; its answer is the same for every address."""
    outlet = get_object_or_404(Outlet, pk=pk, channel="newsletter", active=True)
    form = AskForm(request.POST or None)
    asked = request.method == "POST" and form.is_valid()
    if asked and not form.cleaned_data["website"]:
        said = form.cleaned_data
        subscribing.ask(outlet, said["address"], get_language() or "zh-hans", said["rhythm"] or Subscriber.Rhythm.EACH)
    context = {"outlet": outlet, "form": form, "asked": asked}
    return render(request, "channels/newsletter/ask.html", context)


@never_cache
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """A button, because machines that look into mails open every link; the POST confirms."""
    found = subscribing.confirm(token) if request.method == "POST" else None
    if request.method == "POST" and found is None:
        raise Http404
    return render(request, "channels/newsletter/confirm.html", {"found": found})


@csrf_exempt  # RFC 8058: the mail program itself posts here; the signed token says for whom
@never_cache
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """A button for people; the POST, theirs or the mail program's, ends the subscription."""
    left = subscribing.leave(token) if request.method == "POST" else False
    if request.method == "POST" and not left:
        raise Http404
    return render(request, "channels/newsletter/leave.html", {"left": left})
