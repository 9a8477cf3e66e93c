"""Staff pages that every room with something to publish shares: the editor that says why it refuses, decisions in a
review, withdrawing with a reason, erasing by two persons. Each reads the request and calls one verb.

A room sets `model` where it makes a view of one: WithdrawView.as_view(model=Tour).
"""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.snippets.views.snippets import WorkflowActionView

from haihe.base.errors import HaiheError
from haihe.city import visible_to
from haihe.city.models import Person
from haihe.releases.autosaving import AutosavingEditView
from haihe.releases.canonical import sha256_of
from haihe.releases.domain import ask_erasure, confirm_erasure, refuse_erasure, releasing, withdraw
from haihe.releases.models import Erasure

STALE = gettext_lazy("Somebody changed this since you opened it. Read the newest version and decide again.")


class ReviewedEditView(AutosavingEditView):
    """The editor. A decision is about what its page showed: a page that is out of date cannot decide or publish."""

    def is_valid(self, form: Any) -> bool:
        if self.action in ("workflow-action", "publish", "submit") and self._was_changed_by_others:
            self.produced_error_code = "invalid_revision"
            self.produced_error_message = str(STALE)
            return False
        return bool(super().is_valid(form)) and self._has_its_note(form)

    @property
    def _was_changed_by_others(self) -> bool:
        """Whether somebody else saved since this page was opened. What the same person saved meanwhile is the page's
        own autosave, still on its way when the button was pressed; a review's decision is strict even there."""
        if not self.is_out_of_date or self.action == "workflow-action":
            return bool(self.is_out_of_date)
        seen = self.request.POST.get("overwrite_revision_id") or self.request.POST.get("loaded_revision_id") or ""
        me = self.request.user.pk
        newer = self.object.revisions.filter(pk__gt=int(seen) if seen.isascii() and seen.isdigit() else 0)
        return self.latest_revision.user_id != me or newer.exclude(user_id=me).exists()

    def _has_its_note(self, form: Any) -> bool:
        """What goes out over something public says why; a draft need not say it yet."""
        if self.action not in ("workflow-action", "publish", "submit") or form.instance.correction_note.strip():
            return True
        if not releasing.needs_note(form.instance):
            return True
        said = _("This is public already: say what changed and why.")
        form.add_error("correction_note", said)
        self.produced_error_code, self.produced_error_message = "note_missing", said
        return False

    def publish_action(self) -> HttpResponse | None:
        return self._or_say_why(super().publish_action)

    def workflow_action_action(self) -> HttpResponse | None:
        return self._or_say_why(self._decide)

    def _decide(self) -> None:
        state = self.object.current_workflow_task_state
        comment = self._comment()
        judged = {"judged_sha256": sha256_of(self.object.release_content())}
        self.object.current_workflow_task.on_action(
            state, self.request.user, self.workflow_action, comment=comment, **judged
        )

    def _comment(self) -> str:
        data = json.loads(self.request.POST.get("workflow-action-extra-data") or "{}")
        return str(data.get("comment", ""))

    def _or_say_why(self, act: Any) -> HttpResponse | None:
        try:
            return act()
        except HaiheError as error:
            messages.error(self.request, f"{error.message} {error.hint}")
            return redirect(self.get_edit_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "publication": self.object.publication}


class ReviewedWorkflowActionView(WorkflowActionView):
    """Deciding from a list, without the text in sight: only with the hash of what was judged."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form_class(request.POST)
        try:
            if form.is_valid():
                judged = request.POST.get("judged_sha256", "")
                self.task.on_action(
                    self.task_state, request.user, self.action_name, judged_sha256=judged, **form.cleaned_data
                )
        except HaiheError as error:
            messages.error(request, f"{error.message} {error.hint}")
        if request.headers.get("x-requested-with") == "XMLHttpRequest":
            return self.render_modal_json(request, {"step": "success", "redirect": self.redirect_url})
        return redirect(self.redirect_url)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4, "autofocus": True})
    )


class WithdrawForm(ReasonForm):
    kill = forms.BooleanField(
        label=gettext_lazy("it is wrong: kill it everywhere"),
        required=False,
        help_text=gettext_lazy(
            "What other organisations made of it goes out of public too. Otherwise they are told, and decide."
        ),
    )


class ReasonView(WagtailAdminTemplateMixin, FormView[ReasonForm]):
    """A verb on one publication that wants a reason. Subclasses name the action and call the verb."""

    form_class = ReasonForm
    template_name = "releases/reason.html"
    header_icon = "warning"
    breadcrumbs_items: ClassVar[list[dict[str, str]]] = []  # in their place stand the verb and its story, as the title
    model: Any = None
    needs: str
    done: Any
    button: Any
    explains: Any

    def setup(self, request: HttpRequest, pk: str, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        found = visible_to(request.user, self.model._default_manager.filter(pk=unquote(str(pk))), self.needs).first()
        publication = found.publication if found else None
        if found is None or publication is None:
            raise Http404
        self.object, self.publication = found, publication

    @property
    def person(self) -> Person:
        return self.request.user  # type: ignore[return-value]  # the admin's door lets nobody else in

    def act(self, reason: str) -> None:
        raise NotImplementedError

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        try:
            self.act(form.cleaned_data["reason"])
        except HaiheError as error:
            form.add_error("reason", f"{error.message} {error.hint}")
            return self.form_invalid(form)
        messages.success(self.request, self.done)
        return redirect(self.get_success_url())

    def get_success_url(self) -> str:
        names = f"wagtailsnippets_{self.model._meta.app_label}_{self.model._meta.model_name}"
        return reverse(f"{names}:history", args=[quote(self.object.pk)])

    def get_page_subtitle(self) -> str:
        return str(self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "object": self.object,
            "publication": self.publication,
            "button": self.button,
            "explains": self.explains,
            "back": self.get_success_url(),
        }


class WithdrawView(ReasonView):
    """In the place of Wagtail's unpublish page, whose action would make no Release."""

    form_class = WithdrawForm
    page_title = gettext_lazy("Withdraw")
    needs = "withdraw"
    button = gettext_lazy("Withdraw it")
    done = gettext_lazy("Withdrawn. Publish it again to bring it back at the same address.")
    explains = gettext_lazy(
        "The page, the feeds and the search no longer show it; its address says that it was withdrawn. "
        "Publishing it again brings it back."
    )

    def act(self, reason: str) -> None:
        kill = self.get_form().data.get("kill") == "on"
        withdraw(self.publication, self.person, reason, kill=kill)


class EraseView(ReasonView):
    """First person: ask. Second person: confirm or refuse."""

    page_title = gettext_lazy("Erase")
    needs = "erase"
    button = gettext_lazy("Ask for erasure")
    done = gettext_lazy("Asked. A second person has to confirm it.")
    explains = gettext_lazy(
        "A legal erasure takes the words of every version away for ever; only hashes stay. "
        "Two different persons decide it. It cannot be undone once confirmed."
    )

    @property
    def open_request(self) -> Erasure | None:
        return Erasure.objects.filter(publication=self.publication, confirmed_by=None).first()

    def act(self, reason: str) -> None:
        ask_erasure(self.publication, self.person, reason)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        decision, erasure = request.POST.get("decision"), self.open_request
        if not decision:
            return super().post(request, *args, **kwargs)
        if erasure is None or str(erasure.pk) != request.POST.get("erasure"):
            messages.error(request, _("This request was decided already."))
            return redirect(self.get_success_url())
        try:
            if decision == "confirm":
                confirm_erasure(erasure, self.person)
                messages.success(request, _("Erased."))
            else:
                refuse_erasure(erasure, self.person)
                messages.success(request, _("The request is taken back; nothing was erased."))
        except HaiheError as error:
            messages.error(request, f"{error.message} {error.hint}")
        return redirect(self.get_success_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        erasure = self.open_request
        return {
            **super().get_context_data(**kwargs),
            "erasure": erasure,
            "may_confirm": erasure is not None and erasure.asked_by_id != self.request.user.pk,
        }
