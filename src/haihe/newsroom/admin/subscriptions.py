"""Lists of sources in the admin: OPML in and out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail import hooks
from wagtail.admin import messages

from haihe.base.errors import HaiheError
from haihe.city import organisations_for, visible_to
from haihe.city.models import Organisation
from haihe.newsroom.domain.subscriptions import TakenOver, as_opml, take_over
from haihe.newsroom.models import Source
from haihe.newsroom.tasks import visit_source

_LARGEST = 16 * 1024 * 1024


class ListForm(forms.Form):
    """A list of feeds, for an organisation where the person may manage sources."""

    file = forms.FileField(label=gettext_lazy("list of feeds (OPML)"))
    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=gettext_lazy("organisation"))

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = organisations_for(person, "manage_sources")
        if not allowed:
            raise PermissionDenied
        field = self.fields["organisation"]
        field.queryset = Organisation.objects.filter(pk__in=allowed)  # type: ignore[attr-defined]
        if len(allowed) == 1:
            field.initial = next(iter(allowed))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > _LARGEST:
            raise forms.ValidationError(_("The file is larger than 16 MB."))
        return file


def bring_in(request: HttpRequest) -> HttpResponse:
    """Take over a list that another reader exported; each feed is visited as soon as the worker has time."""
    form = ListForm(request.POST or None, request.FILES or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            result = take_over(form.cleaned_data["file"].read(), form.cleaned_data["organisation"])
        except HaiheError:
            form.add_error("file", _("This is no list of feeds. Export one as OPML from your feed reader."))
        else:
            for source in result.added:
                visit_source.enqueue_once(key=f"source:{source.pk}", source_id=source.pk)
            messages.success(request, _told(result))
            return redirect("newsroom_sources")
    return render(request, "newsroom/sources/list.html", {"form": form})


def hand_out(request: HttpRequest) -> HttpResponse:
    """Every source that the person may see, as a file for another reader."""
    sources = visible_to(request.user, Source.objects.select_related("organisation"))
    answer = HttpResponse(as_opml(sources, _("Sources")), content_type="text/x-opml; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="haihe-sources.opml"'
    return answer


def _told(result: TakenOver) -> str:
    count = len(result.added)
    parts = [ngettext("%(count)d source added.", "%(count)d sources added.", count) % {"count": count}]
    if result.known:
        parts.append(_("%(count)d were there already.") % {"count": len(result.known)})
    if result.refused:
        parts.append(_("%(count)d have an address that is too long.") % {"count": len(result.refused)})
    return " ".join(parts)


@hooks.register("register_admin_urls")
def addresses() -> list[Any]:
    return [
        path("sources/list/add/", bring_in, name="newsroom_sources_in"),
        path("sources/list/", hand_out, name="newsroom_sources_out"),
    ]
