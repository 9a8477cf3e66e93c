"""The editor as it saves by itself, every few seconds for everybody who writes: it does what keeps the words safe, and
leaves out what only a page or a button needs. What is saved, and who may, is the same as with the button.
"""

from __future__ import annotations

import hashlib
from contextlib import nullcontext
from functools import cache
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.utils import get_latest_str
from wagtail.admin.views import generic
from wagtail.log_actions import log
from wagtail.models import Revision
from wagtail.signal_handlers import disable_reference_index_auto_update
from wagtail.snippets.views.snippets import EditView

from haihe.city import gate
from haihe.city.wagtail_forms import cites

AROUND = "around"  # hidden field of the form: what its page shows around the form, as `_around` says it


class AutosavingEditView(EditView):
    """An editor that reads a record's state once for each request, and answers an autosave in few questions."""

    def get_object(self, queryset: Any = None) -> Model:
        """The draft to edit; one for the whole request, where Wagtail reads it once to set up and once to show it."""
        if "object" in self.__dict__:
            return self.object
        rows = self.get_queryset() if queryset is None else queryset
        rows = rows.select_related("latest_revision", *filter(None, [gate.gate_field(self.model)]))
        self.live_object: Any = generic.EditView.get_object(self, rows)
        if self.live_object.latest_revision:  # which need not look for the row it belongs to
            Revision._meta.get_field("content_object").set_cached_value(
                self.live_object.latest_revision, self.live_object
            )
        draft: Any = self.live_object.get_latest_revision_as_object()
        draft.__dict__["_row_organisation"] = gate.organisation_of(self.live_object)  # the row's, not the draft's
        active = draft.workflow_states.active().select_related("current_task_state__task")
        draft._current_workflow_states = list(active)  # where Wagtail looks first, some ten times for each page
        draft.get_workflow = cache(draft.get_workflow)  # some five times
        return draft

    @cached_property
    def overwrite_revision(self) -> Revision | None:
        """One's own newest, where the page goes on in it: it was read with the record."""
        newest = self.live_object.latest_revision
        if newest is not None and self.request.POST.get("overwrite_revision_id") == str(newest.pk):
            return newest
        return super().overwrite_revision

    def get_action(self, request: Any) -> str:
        """An autosave presses no button, so that nobody need ask which buttons there are."""
        if self._answers_autosave and not any(name.startswith("action-") for name in request.POST):
            return "edit"
        return str(super().get_action(request))

    def save_instance(self) -> Model:
        """Going on in one's own revision is not logged again: whose it is and since when stands there already."""
        self.object.__dict__.pop("_current_workflow_states", None)  # saving may reopen a review
        if not self._answers_autosave or self.action != "edit":
            return super().save_instance()
        if self.overwrite_revision and self.object is not self.live_object:
            return self._go_on(self.overwrite_revision)
        save = self.action_class(
            self.form.instance, user=self.request.user, form=self.form, overwrite_revision=self.overwrite_revision,
            clean=False, log_action=False,
        )  # fmt: skip
        saved = save.execute(skip_permission_checks=True)
        self.new_revision = save.revision
        if self.overwrite_revision is None or self.new_revision.pk != self.overwrite_revision.pk:
            self._log(saved, save.content_changed)
        return saved

    def _go_on(self, revision: Revision) -> Model:
        """Write over one's own newest revision, and of the record's row what differs.

        Raises PermissionDenied where somebody saved since this request read the record.
        """
        draft, row, written = self.form.save(commit=False), self.live_object, revision.pk
        held = type(row)._base_manager.select_for_update(of=("self",)).filter(pk=row.pk)
        if held.values_list("latest_revision_id", flat=True).first() != written:
            raise PermissionDenied(_("Saving will overwrite a newer version."))
        if not draft.live:
            with nullcontext() if cites(draft) != self.form.cites else disable_reference_index_auto_update():
                draft.save(update_fields=self._changes(draft))
            self.form.save_m2m()
        changed = self.form.has_changed()
        self.new_revision = draft.save_revision(
            user=self.request.user, changed=changed, clean=False, overwrite_revision=revision
        )
        if self.new_revision.pk != written:
            self._log(draft, changed)
        return draft

    def _changes(self, draft: Any) -> list[str]:
        """Names of the fields and relations of a draft that the row does not say already."""
        row = self.live_object
        fields = [
            field.name
            for field in draft._meta.concrete_fields
            if not field.primary_key and not _equal(field, draft, row)
        ]
        many = {field.name for field in draft._meta.many_to_many if isinstance(field, ParentalManyToManyField)}
        inlines = [name for name, formset in self.form.formsets.items() if formset.has_changed()]
        return [*fields, *sorted(many & set(self.form.changed_data)), *inlines]

    def _log(self, saved: Any, changed: bool) -> None:
        log(saved, "wagtail.edit", user=self.request.user, revision=self.new_revision, content_changed=changed)

    def render_partials(self) -> str:
        """Nothing where the page shows it already; Wagtail's script then leaves what stands around the form alone."""
        return "" if self.request.POST.get(AROUND) == self._around else str(super().render_partials())

    def get_success_json(self) -> dict[str, Any]:
        told: dict[str, Any] = super().get_success_json()
        told.get("field_updates", {})[AROUND] = self._around
        return told

    def get_bound_panel(self, form: Any) -> Any:
        """None for what an autosave answers: that renews what stands around the form, not the form, which is the
        dearest part of the page to make."""
        return None if self._answers_autosave else super().get_bound_panel(form)

    @cached_property
    def _answers_autosave(self) -> bool:
        return self.request.method == "POST" and bool(self.expects_json_response)

    @cached_property
    def _around(self) -> str:
        """What of the record shows around the form, in short: its name, its state, its review."""
        draft: Any = self.object
        review = draft.workflow_states.order_by("-created_at", "-pk").values_list(
            "pk", "status", "current_task_state", "current_task_state__status"
        )
        shown = [
            get_latest_str(draft), draft.live, draft.has_unpublished_changes, draft.live_revision_id, draft.locked,
            draft.locked_by_id, draft.go_live_at, draft.expire_at, draft.expired, review.first(), get_language(),
        ]  # fmt: skip
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:24]


def _equal(field: Any, one: Model, other: Model) -> bool:
    mine, theirs = field.value_from_object(one), field.value_from_object(other)
    return bool(mine == theirs) or field.value_to_string(one) == field.value_to_string(other)
