"""The page of a class, by its code: what was annotated, and a form. Nothing of who writes is kept but a name."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from haihe.base.errors import HaiheError
from haihe.base.web.languages import interface_language, public_path
from haihe.base.web.speaking import in_its_language
from haihe.releases.models import Publication
from haihe.venues.domain import lessons
from haihe.venues.models import Lesson
from haihe.voices.domain import saying

PERCENT = {"min_value": 0, "max_value": 100, "max_digits": 5, "decimal_places": 2}


class AnnotationForm(forms.Form):
    x = forms.DecimalField(label=_("from the left, per cent"), initial=50, **PERCENT)  # type: ignore[arg-type]
    y = forms.DecimalField(label=_("from the top, per cent"), initial=50, **PERCENT)  # type: ignore[arg-type]
    width = forms.DecimalField(label=_("width, per cent (0: a spot)"), initial=0, **PERCENT)  # type: ignore[arg-type]
    height = forms.DecimalField(label=_("height, per cent (0: a spot)"), initial=0, **PERCENT)  # type: ignore[arg-type]
    text = forms.CharField(
        label=_("what you see there"), max_length=saying.LONGEST, widget=forms.Textarea(attrs={"rows": 4})
    )
    author = forms.CharField(label=_("your name"), required=False, max_length=saying.LONGEST_NAME)
    website = forms.CharField(required=False, widget=forms.HiddenInput())  # filled in by robots only

    def region(self) -> lessons.Region:
        return lessons.Region(*(round(self.cleaned_data[name] * 100) for name in ("x", "y", "width", "height")))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@in_its_language
def lesson(request: HttpRequest, code: str) -> HttpResponse:
    """404 for a code that no class has, and once what it looks at is not public any more."""
    found = _lesson(code)
    listed = lessons.places(found)
    chosen = next((one for one in listed if one.key == request.GET.get("on", "")), listed[0] if listed else None)
    if request.method == "POST" and "forget" in request.POST:
        lessons.take_back(found, request.POST["forget"])
        return redirect(request.get_full_path())
    form = AnnotationForm(request.POST or None)
    sent = None
    if request.method == "POST" and chosen is not None and form.is_valid() and not form.cleaned_data["website"]:
        try:
            words, name = form.cleaned_data["text"], form.cleaned_data["author"]
            language = interface_language()
            sent = lessons.annotate(found, chosen.key, form.region(), words, author=name, language=language)
            form = AnnotationForm(initial={"author": name})
        except HaiheError as error:
            form.add_error(None, f"{error.message} {error.hint}")
    standing = lessons.standing(found, chosen.key) if chosen else []
    context: dict[str, Any] = {
        "lesson": found,
        "home": public_path(found.publication.path),
        "listed": listed,
        "place": chosen,
        "annotations": standing,
        "drawn": [lessons.mark(one, chosen) for one in standing] if chosen else [],
        "form": form,
        "sent": sent,
        "feed": f"/class/{found.code}/annotations.jsonld",
    }
    return render(request, "venues/class.html", context, status=400 if form.errors else 200)


@never_cache
@require_safe
def collected(request: HttpRequest, code: str) -> HttpResponse:
    """What stands, as JSON-LD of the Web Annotation model."""
    told = json.dumps(lessons.collection(_lesson(code)), ensure_ascii=False)
    return HttpResponse(told, content_type=lessons.MEDIA_TYPE, headers={"Access-Control-Allow-Origin": "*"})


def _lesson(code: str) -> Lesson:
    rows = Lesson.objects.select_related("publication__current", "publication__organisation")
    return get_object_or_404(rows, code=code, publication__state=Publication.State.PUBLISHED)
