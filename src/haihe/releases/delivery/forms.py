"""The form of an outlet: which releases it takes, and what its channel asks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from haihe.base.errors import HaiheError
from haihe.city import organisations_for
from haihe.city.models import Organisation
from haihe.releases.delivery.domain.sealing import seal, unseal
from haihe.releases.delivery.models import Outlet
from haihe.releases.delivery.protocols import Account, Channel, Field, every_product
from haihe.releases.models import Section

OWN = "channel_"


class OutletForm(forms.ModelForm[Outlet]):
    """An outlet of one channel, in an organisation for which the person may publish."""

    languages = forms.MultipleChoiceField(
        label=gettext_lazy("languages"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: all."),
    )  # fmt: skip

    class Meta:
        model = Outlet
        fields = ["name", "organisation", "product", "sections", "languages", "below"]
        widgets = {"sections": forms.CheckboxSelectMultiple}
        help_texts = {"sections": gettext_lazy("None chosen: all.")}

    def __init__(self, *args: Any, person: Any, channel: Channel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.channel = channel
        self._secrets = unseal_or_nothing(self.instance)
        allowed = organisations_for(person, "publish")
        organisation: Any = self.fields["organisation"]
        organisation.queryset = Organisation.objects.filter(pk__in=allowed)
        organisation.disabled = bool(self.instance.pk)
        if not self.instance.pk and len(allowed) == 1:
            organisation.initial = next(iter(allowed))
        sections: Any = self.fields["sections"]
        sections.queryset = Section.objects.all()
        languages: Any = self.fields["languages"]
        languages.choices = settings.LANGUAGES
        self._forms_of_release()
        for asked in channel.fields:
            self.fields[OWN + asked.name] = self._field(asked)
        own = [OWN + asked.name for asked in channel.fields]
        self.order_fields(["name", *own, "organisation", "product", "sections", "languages", "below"])

    def _forms_of_release(self) -> None:
        names = list(self.channel.takes) or list(every_product())
        if len(names) < 2:
            del self.fields["product"]
            return
        there = every_product()
        choices = [("", _("the usual one")), *((name, str(there[name].label)) for name in names if name in there)]
        label = gettext_lazy("form")
        self.fields["product"] = forms.ChoiceField(choices=choices, required=False, label=label)

    def _field(self, asked: Field) -> forms.Field:
        initial = self.instance.settings.get(asked.name, asked.initial) if self.instance.pk else asked.initial
        common: dict[str, Any] = {"label": asked.label, "help_text": asked.help, "required": asked.required}
        match asked.kind:
            case "secret":
                common["required"] = asked.required and asked.name not in self._secrets
                if asked.name in self._secrets:
                    common["help_text"] = _("One is kept. Left empty, it stays.")
                widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
                return forms.CharField(max_length=8000, strip=True, widget=widget, **common)
            case "number":
                return forms.IntegerField(initial=initial, **common)
            case "choice":
                return forms.ChoiceField(choices=asked.choices, initial=initial, **common)
            case "lines":
                return forms.CharField(max_length=20_000, initial=initial, widget=forms.Textarea({"rows": 6}), **common)
            case "url":
                return forms.URLField(max_length=2000, initial=initial, assume_scheme="https", **common)
        return forms.CharField(max_length=500, initial=initial, **common)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        own = {asked.name: found.get(OWN + asked.name) for asked in self.channel.fields}
        secret = {asked.name for asked in self.channel.fields if asked.kind == "secret"}
        self.kept = {name: value for name, value in own.items() if name not in secret and value is not None}
        self.hidden = self._secrets | {name: value for name, value in own.items() if name in secret and value}
        if not self.errors:
            try:
                self.channel.check(Account(self.instance.pk or 0, found.get("name", ""), self.kept, self.hidden))
            except HaiheError as error:
                raise forms.ValidationError(str(error)) from error
        return found

    def save(self, commit: bool = True) -> Outlet:
        self.instance.channel = self.channel.name
        self.instance.settings = self.kept
        self.instance.sealed = seal(self.hidden)
        return super().save(commit)


def unseal_or_nothing(outlet: Outlet) -> dict[str, str]:
    """What is kept; nothing where the key it was kept under is gone, so that it can be written again."""
    try:
        return unseal(outlet.sealed)
    except HaiheError:
        return {}
