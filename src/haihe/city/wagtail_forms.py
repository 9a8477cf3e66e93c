"""Forms behind the gate: they offer and accept only what their user may see, and write only where they may write."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.blocks.base import BlockField
from wagtail.models import ReferenceIndex
from wagtail.rich_text import extract_references_from_rich_text

from haihe.city import gate, roles
from haihe.city.models import Organisation
from haihe.city.wagtail_policy import gate_action

Reference = tuple[int, str]  # content type id, primary key as text
Citation = tuple[Reference, *tuple[str, ...]]  # and the path to where it stands


class GateForm:
    """Mixin of model forms. `gate_user` is set by the form that mixes it in, before `pass_gate`."""

    gate_user: Any
    instance: Any
    fields: dict[str, forms.Field]
    formsets: dict[str, Any]
    cites: set[Citation]

    def pass_gate(self) -> None:
        """Narrow every choice to what the user may see, and the organisation to where they may write."""
        self.cites = cites(self.instance) if self.instance.pk else set()
        self._cited = {one for one, *_paths in self.cites}
        self._narrow(self.fields, self.instance)
        for formset in getattr(self, "formsets", {}).values():
            for form in [*formset.forms, formset.empty_form]:
                self._narrow(form.fields, form.instance)

    def narrow_organisation(self, *actions: str) -> None:
        """Accept only organisations in which the user may also do `actions`: creating and publishing in one step."""
        field = self.fields.get(_own_organisation_field(type(self.instance)) or "")
        if isinstance(field, forms.ModelChoiceField) and not field.disabled and field.queryset is not None:
            for action in actions:
                field.queryset = gate.visible_to(self.gate_user, field.queryset, action)

    def refuse_unseen_references(self) -> None:
        """Turn away a submission that names, in a field, a block or rich text, a record its user may not see.

        No page of ours offers such a record, so this is not an error to show beside a field: showing the form again
        would show the record's title. What the record cited before may stay: an editor must be able to save a story
        whose picture came from the organisation above. Raises PermissionDenied.
        """
        if not self.is_bound or gate.is_sovereign(self.gate_user):  # type: ignore[attr-defined]
            return
        named = set(_submitted(self))  # type: ignore[arg-type]
        for formset in getattr(self, "formsets", {}).values():
            for form in formset.forms:
                named |= _submitted(form)
        unseen = {one for one in named - self._cited if not self._is_seen(*one)}
        if unseen and unseen - self._cited_ever():
            raise PermissionDenied

    def _is_seen(self, content_type: int, key: str) -> bool:
        model = ContentType.objects.get_for_id(content_type).model_class()
        if model is None or not gate.is_gated(model) or model is Organisation:
            return True  # choices of organisations are narrowed field by field: they follow other actions than seeing
        try:
            rows = model._default_manager.filter(pk=key)
            return gate.visible_to(self.gate_user, rows).exists() or not rows.exists()
        except (ValidationError, ValueError, OverflowError):
            return True  # no key at all: the field itself says so

    def _cited_ever(self) -> set[Reference]:
        """What any revision of this record cites: reverting to one must stay possible."""
        revisions = getattr(self.instance, "revisions", None)
        if revisions is None or not self.instance.pk:
            return set()
        return {one for revision in revisions.iterator() for one, *_paths in cites(revision.as_object())}

    def _narrow(self, fields: dict[str, forms.Field], instance: Model) -> None:
        own = _own_organisation_field(type(instance))
        for name, field in fields.items():
            if not isinstance(field, forms.ModelChoiceField) or field.queryset is None:
                continue
            if name == own:
                self._narrow_own_organisation(field, name, instance)
            elif gate.is_gated(field.queryset.model):
                seen = gate.visible_to(self.gate_user, field.queryset)
                field.queryset = seen | _already_chosen(field, instance, name)

    def _narrow_own_organisation(self, field: forms.ModelChoiceField, name: str, instance: Model) -> None:
        if instance.pk and not instance._state.adding and not gate.is_sovereign(self.gate_user):
            # A record stays in its organisation; handing it over is a verb, not an edit.
            field.queryset = Organisation.objects.filter(pk=gate.organisation_of(instance) or 0)
            field.disabled = True
            if gate.organisation_of(instance) is not None:  # it is what it was, and nobody need look for it
                field.clean = lambda value: getattr(instance, name)  # type: ignore[method-assign]
            return
        action = gate_action(type(instance), "add") or roles.CREATE
        field.queryset = gate.visible_to(self.gate_user, Organisation.objects.all(), action)
        field.empty_label = None if field.required else field.empty_label
        own = gate.organisations_for(self.gate_user, action)
        if field.initial is None and own:
            held = (grant.organisation_id for grant in self.gate_user.grants.all() if grant.organisation_id in own)
            field.initial = next(held, None)


class GatedModelForm(GateForm, WagtailAdminModelForm):  # type: ignore[misc]
    """The form of a snippet behind the gate."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.gate_user = kwargs.get("for_user")
        self.pass_gate()
        if not self.is_bound:
            self._read_choices_once()

    def _read_choices_once(self) -> None:
        """A page draws each list of choices twice: in its form, and in what its scripts are told of the form."""
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField) and isinstance(field.widget, forms.widgets.ChoiceWidget):
                field.choices = list(cast(Iterable[Any], field.choices))

    def full_clean(self) -> None:
        self.refuse_unseen_references()
        super().full_clean()


def gated_form(base: type[forms.ModelForm]) -> type[forms.ModelForm]:
    """`base` behind the gate; itself when it is already."""
    if issubclass(base, GatedModelForm):
        return base
    return type(f"Gated{base.__name__}", (GatedModelForm, base), {})


def _own_organisation_field(model: type[Model]) -> str | None:
    field = gate.gate_field(model) if gate.is_gated(model) else ""
    return field if field and "__" not in field and field != "id" else None


def cites(instance: Model) -> set[Citation]:
    """What Wagtail's index of references keeps of a record: what it names, and where it does."""
    found = ReferenceIndex._extract_references_from_object(instance)
    return {((content_type, str(key)), *paths) for content_type, key, *paths in found}


def _submitted(form: forms.BaseForm) -> set[Reference]:
    """What a submitted form names, valid or not."""
    named: set[Reference] = set()
    for name, field in form.fields.items():
        value = field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
        if isinstance(field, BlockField):
            named |= {(content_type, str(key)) for content_type, key, *_ in field.block.extract_references(value)}
        elif isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
            kind = ContentType.objects.get_for_model(field.queryset.model).pk
            values = value if isinstance(value, (list, tuple)) else [value]
            named |= {(kind, str(key)) for key in values if key not in (None, "")}
        elif isinstance(value, str) and ("linktype" in value or "embedtype" in value):
            found = extract_references_from_rich_text(value)
            named |= {(content_type, str(key)) for content_type, key, *_ in found}
    return named


def _already_chosen(field: forms.ModelChoiceField, instance: Model, name: str) -> Any:
    rows: Any = field.queryset
    model = rows.model
    if not instance.pk or name not in {f.name for f in instance._meta.get_fields()}:
        return model._default_manager.none()
    if isinstance(field, forms.ModelMultipleChoiceField):
        return model._default_manager.filter(pk__in=[chosen.pk for chosen in getattr(instance, name).all()])
    column: Any = instance._meta.get_field(name)
    return model._default_manager.filter(pk=instance.__dict__.get(column.attname))
