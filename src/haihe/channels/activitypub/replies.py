"""The moderation queue of replies in the admin."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from haihe.base import audit
from haihe.base.web.keys import key_of
from haihe.channels.models import Reply
from haihe.city import may_on, organisations_for, visible_to

State = Reply.State
PER_PAGE = 30
FILTERS = ((State.WAITING, State.WAITING.label), (State.SHOWN, State.SHOWN.label), (State.HIDDEN, State.HIDDEN.label))
VERBS = {"show": State.SHOWN, "hide": State.HIDDEN, "back": State.WAITING}
DID = {
    "show": gettext_lazy("The reply stands."),
    "hide": gettext_lazy("The reply is hidden."),
    "back": gettext_lazy("The reply waits again."),
}


@require_http_methods(["GET", "POST"])
def replies(request: HttpRequest) -> HttpResponse:
    """Replies that a person may see, those that wait first; POST decides one of them."""
    seen = visible_to(request.user, Reply.objects.all())
    if request.method == "POST":
        return _decide(request, get_object_or_404(seen, pk=key_of(request.POST.get("reply", ""))))
    state = request.GET.get("state", State.WAITING)
    rows = seen.filter(state=state).select_related("publication", "author", "actor__outlet__organisation")
    page: Any = Paginator(rows.order_by("-received_at", "-pk"), PER_PAGE).get_page(request.GET.get("p"))
    own = organisations_for(request.user, "publish")
    for one in page:
        one.may_decide = one.actor.outlet.organisation_id in own
    context = {"page": page, "state": state, "filters": FILTERS, "waiting": seen.filter(state=State.WAITING).count()}
    return render(request, "channels/replies.html", context)


def _decide(request: HttpRequest, reply: Reply) -> HttpResponse:
    verb = request.POST.get("verb", "")
    if not may_on(request.user, "publish", reply):
        raise PermissionDenied
    if verb not in VERBS or reply.state == State.GONE:
        return HttpResponseBadRequest(_("This cannot be done with a reply."))
    reply.state, reply.decided_at = VERBS[verb], timezone.now()
    reply.save(update_fields=["state", "decided_at"])
    organisation, by = reply.actor.outlet.organisation_id, cast(Any, request.user)
    audit.record(f"channels.reply.{verb}", by=by, thing=reply, organisation=organisation)
    messages.success(request, DID[verb])
    return redirect(request.get_full_path())
