"""The board of background work: lanes, running jobs, dead letters, one job; replay, discard, cancel."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView, View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.log_actions import log

from haihe.base.tasks.domain import staff
from haihe.base.tasks.lanes import NAMES
from haihe.base.tasks.models import Job
from haihe.base.tasks.permissions import may_act, may_see

PER_PAGE = 50


class _Page(WagtailAdminTemplateMixin, TemplateView):
    page_title = gettext_lazy("Background work")
    header_icon = "tasks"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not may_see(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        here = [{"url": reverse("haihe_tasks"), "label": _("Background work")}]
        own = [{"url": "", "label": self.get_page_subtitle()}] if self.get_page_subtitle() else []
        return [*self.breadcrumbs_items, *here, *own]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_act=may_act(self.request.user), **kwargs)


class BoardView(_Page):
    """All lanes at a glance."""

    template_name = "tasks/board.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        dead = Job.objects.filter(state=Job.State.DEAD)
        lanes = staff.board()
        return super().get_context_data(
            lanes=lanes,
            nothing_runs=not any(row.jobs for row in lanes),
            workers=staff.workers(),
            dead=dead.order_by("-finished_at", "-pk")[:20],
            **kwargs,
        )


class JobsView(_Page):
    """Jobs by state, lane and task, the newest first."""

    template_name = "tasks/jobs.html"

    def get_page_subtitle(self) -> str:
        return _("All jobs")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET
        state, lane, words = asked.get("state", ""), asked.get("lane", ""), asked.get("task", "").strip()
        jobs = Job.objects.order_by("-pk")
        jobs = jobs.filter(state=state) if state in Job.State.values else jobs
        jobs = jobs.filter(lane=lane) if lane in NAMES else jobs
        jobs = jobs.filter(task_path__icontains=words) if words else jobs
        page = Paginator(jobs, PER_PAGE).get_page(asked.get("p"))
        return super().get_context_data(
            jobs=page,
            elided_page_range=page.paginator.get_elided_page_range(page.number),
            states=Job.State.choices,
            lanes=NAMES,
            asked={"state": state, "lane": lane, "task": words},
            **kwargs,
        )


class JobView(_Page):
    """One job: what it was asked, how its attempts ended."""

    template_name = "tasks/job.html"

    def get_page_subtitle(self) -> str:
        return f"#{self.kwargs['pk']}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        job = get_object_or_404(Job.objects.select_related("worker"), pk=self.kwargs["pk"])
        return super().get_context_data(job=job, **kwargs)


class ActView(View):
    """POST: replay, discard or cancel the jobs named, or every dead job of a task. Each deed is logged."""

    def post(self, request: HttpRequest) -> HttpResponse:
        if not may_act(request.user):
            raise PermissionDenied
        verb = request.POST.get("verb", "")
        if verb not in ("replay", "discard", "cancel"):
            return HttpResponseBadRequest("verb: replay, discard or cancel")
        jobs = list(self._named(request))
        for job in jobs:
            log(instance=job, action=f"tasks.{verb}", user=request.user, title=str(job))
        done, problems = staff.each(jobs, verb)
        if done:
            told = ngettext("%(count)s job: %(verb)s", "%(count)s jobs: %(verb)s", done)
            messages.success(request, told % {"count": done, "verb": _VERBS[verb]})
        for problem in problems[:5]:
            messages.error(request, problem)
        if not jobs:
            messages.warning(request, _("No job was chosen."))
        back = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
        return redirect(back if safe else reverse("haihe_tasks"))

    @staticmethod
    def _named(request: HttpRequest) -> Any:
        if path := request.POST.get("all_dead_of"):
            return Job.objects.filter(state=Job.State.DEAD, task_path=path)
        return Job.objects.filter(pk__in=[pk for pk in request.POST.getlist("job") if pk.isascii() and pk.isdigit()])


_VERBS = {
    "replay": gettext_lazy("runs again"),
    "discard": gettext_lazy("discarded"),
    "cancel": gettext_lazy("asked to end"),
}
