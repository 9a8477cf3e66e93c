"""What answers without an account: pushes with a source's key, hubs that tell what is new, and the public's leads."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from haihe.base.errors import HaiheError
from haihe.city.models import Organisation
from haihe.newsroom.domain import pushing, websub
from haihe.newsroom.domain.planning import leads
from haihe.newsroom.domain.problems import explain

_LARGEST_FROM_HUB = 8 << 20


@csrf_exempt
@require_POST
def push(request: HttpRequest, number: int) -> HttpResponse:
    """Take in the body of a request with the source's key (`Authorization: Bearer KEY`); says what became of it."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    source = pushing.source_of(key.strip(), number) if scheme.lower() == "bearer" and key.strip() else None
    if source is None:
        said = {
            "detail": "No source takes this key.",
            "hint": "Send `Authorization: Bearer KEY` with the key of today.",
        }
        return JsonResponse(said, status=401, headers={"WWW-Authenticate": "Bearer"})
    body = _body(request, pushing.LARGEST)
    if body is None:
        return JsonResponse({"detail": f"More than {pushing.LARGEST >> 20} MB."}, status=413)
    row = pushing.take_pushed(
        source, body, media_type=request.content_type or "", charset=(request.content_params or {}).get("charset", "")
    )
    result = {"fetch": row.pk, "entries": row.entries, "new": row.new_items, "changed": row.changed_items}
    trouble = explain(row.problem_code, row.problem)
    if trouble is None:
        return JsonResponse(result)
    status = 503 if row.problem_code in ("StoreFull", "StoreFailing") else 422
    return JsonResponse({**result, "detail": row.problem, "hint": trouble.advice}, status=status)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def hub(request: HttpRequest, token: str) -> HttpResponse:
    """The callback of WebSub: a hub confirms with GET and delivers with POST."""
    if request.method == "POST":
        if not websub.is_known(token):
            return HttpResponse(status=404)
        body = _body(request, _LARGEST_FROM_HUB)
        if body is None:
            return HttpResponse(status=413)
        signature = request.headers.get("X-Hub-Signature", "")
        websub.deliver(token, body, content_type=request.headers.get("Content-Type", ""), signature=signature)
        return HttpResponse(status=202)  # also where it was left unread: who forges learns nothing (section 7)
    lease = request.GET.get("hub.lease_seconds", "")
    meant = websub.confirm(
        token,
        mode=request.GET.get("hub.mode", ""),
        topic=request.GET.get("hub.topic", ""),
        lease_seconds=int(lease) if lease.isascii() and lease.isdigit() and len(lease) < 10 else 0,
    )
    if not meant:
        return HttpResponse(status=404)
    return HttpResponse(request.GET.get("hub.challenge", ""), content_type="text/plain; charset=utf-8")


class ClueForm(forms.Form):
    """What somebody of the public tells the newsroom."""

    organisation = forms.ModelChoiceField(
        label=gettext_lazy("which newsroom"),
        queryset=Organisation.objects.none(),
        to_field_name="slug",
        empty_label=None,
    )
    title = forms.CharField(label=gettext_lazy("what happened, and where"), max_length=300)
    text = forms.CharField(
        label=gettext_lazy("more about it"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    contact = forms.CharField(
        label=gettext_lazy("how to reach you"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Only our staff read this. Leave it empty if you wish."),
    )
    website = forms.CharField(required=False, widget=forms.HiddenInput)  # people leave it empty; programs do not

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organisation"]
        kinds = (Organisation.Kind.CITY_CENTRE, Organisation.Kind.DISTRICT_CENTRE)
        field.queryset = Organisation.objects.filter(kind__in=kinds).order_by("path")


@require_http_methods(["GET", "HEAD", "POST"])
def clue(request: HttpRequest) -> HttpResponse:
    """The public form for leads 报料."""
    form = ClueForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            if not said["website"]:
                leads.note_public(said["organisation"], title=said["title"], text=said["text"], contact=said["contact"])
            return render(request, "newsroom/clue.html", {"thanks": True})
        except HaiheError as error:
            form.add_error(None, f"{error.message} {error.hint}")
    return render(request, "newsroom/clue.html", {"form": form})


def _body(request: HttpRequest, most: int) -> bytes | None:
    """The body of a request; None where it is larger than `most` bytes. Read piece by piece, whatever it declares."""
    pieces, size = [], 0
    while piece := request.read(1 << 16):
        size += len(piece)
        if size > most:
            return None
        pieces.append(piece)
    return b"".join(pieces)
