"""The account page and the way from Wagtail's sign-in to the one sign-in."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from haihe.city.models import Person


class AboutMe(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Person
        fields = ("first_name", "last_name", "pen_name", "pen_name_hant")


@never_cache
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """One's own names and roles."""
    form = AboutMe(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("city_account")
    grants = request.user.grants.select_related("organisation")  # type: ignore[union-attr]
    return render(request, "city/account.html", {"form": form, "person": request.user, "grants": grants})


@require_GET
def sign_in(request: HttpRequest) -> HttpResponseRedirect:
    """Wagtail's own sign-in page, bookmarked somewhere: on to the one sign-in, keeping where they wanted to go."""
    query = {"next": request.GET["next"]} if "next" in request.GET else {}
    return HttpResponseRedirect(reverse("account_login") + (f"?{urlencode(query)}" if query else ""))
