"""Forms of sources: one for each way in which entries come, with the fields that it needs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from haihe.base.errors import HaiheError
from haihe.city import organisations_for
from haihe.city.models import Organisation
from haihe.newsroom.domain import frontier
from haihe.newsroom.domain.listpages import Rule, links
from haihe.newsroom.domain.readers import Document, readers
from haihe.newsroom.domain.sealing import seal
from haihe.newsroom.domain.transports.folder import folder_at, watched_root
from haihe.newsroom.models import Source

LARGEST_UPLOAD = 64 * 1024 * 1024
_FOLDER_NAME = re.compile(r"^[\w.\- ]{1,80}(?:/[\w.\- ]{1,80}){0,3}$")
_RIGHTS = ("licence", "reprint", "reprint_basis", "reprint_until", "credit_as")
_SETTLED = ("etag", "last_modified", "problem", "problem_code")


@dataclass(frozen=True)
class Kind:
    """One way in which entries come, as staff choose it."""

    transport: str
    label: Promise | str
    explains: Promise | str
    icon: str
    fields: tuple[str, ...]


KINDS = {
    kind.transport: kind
    for kind in (
        Kind(
            "address",
            gettext_lazy("Feed"),
            gettext_lazy("RSS, Atom or JSON Feed behind an address; with a hub, the moment something is new."),
            "rss",
            ("address", "name", "organisation", "reader", "every_minutes", "linked", "websub"),
        ),
        Kind(
            "page",
            gettext_lazy("List page"),
            gettext_lazy("A web page that lists articles: a rule says which of its links are fetched."),
            "list-ul",
            ("address", "selector", "pattern", "leave_out", "name", "organisation", "every_minutes"),
        ),
        Kind(
            "sitemap",
            gettext_lazy("Site map"),
            gettext_lazy("A sitemap or news sitemap: every page it names is fetched, and again when it changes."),
            "site",
            ("address", "name", "organisation", "days_back", "every_minutes"),
        ),
        Kind(
            "mailbox",
            gettext_lazy("Mailbox"),
            gettext_lazy("Every mail that arrives in a mailbox (IMAP); nothing there is changed."),
            "mail",
            ("server", "user", "password", "mail_folder", "name", "organisation", "every_minutes"),
        ),
        Kind(
            "folder",
            gettext_lazy("Watched folder"),
            gettext_lazy("Whatever is put into a folder on this machine; zip archives are taken apart."),
            "folder-open-inverse",
            ("folder", "name", "organisation", "reader", "every_minutes", "linked"),
        ),
        Kind(
            "push",
            gettext_lazy("Push by a program"),
            gettext_lazy("A program of a partner hands entries in over HTTP, with a key."),
            "key",
            ("name", "organisation", "reader", "linked"),
        ),
        Kind(
            "upload",
            gettext_lazy("Upload"),
            gettext_lazy("A box that staff hand files into."),
            "upload",
            ("name", "organisation", "reader", "linked"),
        ),
    )
}


class SourceForm(forms.ModelForm):
    """A source of one kind, in an organisation where the person may manage sources."""

    websub = forms.BooleanField(
        label=gettext_lazy("subscribe at the feed's hub (WebSub)"),
        required=False,
        help_text=gettext_lazy(
            "Where the feed names a hub, it tells us what is new. It must reach our public address."
        ),
    )
    selector = forms.CharField(
        label=gettext_lazy("where the links stand (CSS selector)"), max_length=500, required=False,
        help_text=gettext_lazy("Such as ul.news-list li a. Leave both empty: the rule is proposed by itself."),
    )  # fmt: skip
    pattern = forms.CharField(
        label=gettext_lazy("what their addresses look like"), max_length=500, required=False,
        help_text=gettext_lazy("Behind the host, * for anything: /news/*.html"),
    )  # fmt: skip
    leave_out = forms.CharField(
        label=gettext_lazy("addresses that are left out"), max_length=500, required=False,
        help_text=gettext_lazy("The same way: */video/*"),
    )  # fmt: skip
    days_back = forms.IntegerField(
        label=gettext_lazy("days back"), min_value=0, max_value=36500, required=False, initial=frontier.DAYS_BACK,
        help_text=gettext_lazy("Pages that the map dates older are left out; 0 takes everything."),
    )  # fmt: skip
    server = forms.CharField(
        label=gettext_lazy("mail server"), max_length=250, help_text=gettext_lazy("Such as imap.example.org")
    )
    user = forms.CharField(label=gettext_lazy("user name"), max_length=200)
    password = forms.CharField(
        label=gettext_lazy("password"), max_length=500, required=False, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    mail_folder = forms.CharField(label=gettext_lazy("folder"), max_length=200, required=False, initial="INBOX")
    folder = forms.CharField(label=gettext_lazy("folder"), max_length=300)

    class Meta:
        model = Source
        fields = ["address", "name", "organisation", "reader", "every_minutes", "linked", *_RIGHTS]
        widgets = {"reprint_until": forms.DateInput({"type": "date"}, format="%Y-%m-%d")}
        help_texts = {
            "every_minutes": gettext_lazy("Sources that bring nothing new are visited less often by themselves."),
            "linked": gettext_lazy("The page that an entry leads to has the whole text; it is fetched politely."),
            "licence": gettext_lazy("As the source states it, such as CC BY 4.0."),
            "reprint_basis": gettext_lazy("Such as the list's number, or the agreement's."),
            "credit_as": gettext_lazy("The name that a reprint must show as its source."),
        }

    def __init__(self, *args: Any, person: Any, transport: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = KINDS[self.instance.transport if self.instance.pk else transport]
        for name in list(self.fields):
            if name not in (*self.kind.fields, *_RIGHTS):
                del self.fields[name]
        self.order_fields([*self.kind.fields, *_RIGHTS])
        allowed = organisations_for(person, "manage_sources")
        organisation = self.fields["organisation"]
        organisation.queryset = Organisation.objects.filter(pk__in=allowed)  # type: ignore[attr-defined]
        organisation.disabled = bool(self.instance.pk)  # what it brought stays where it is, and so does the source
        if not self.instance.pk and len(allowed) == 1:
            organisation.initial = next(iter(allowed))
        self._prepare()

    def _prepare(self) -> None:
        fields, source = self.fields, self.instance
        if "reader" in fields:
            choices = [("auto", _("recognise by itself"))] + [(name, name) for name in sorted(readers())]
            fields["reader"] = forms.ChoiceField(label=_("reader"), choices=choices, initial="auto", required=False)
        if "linked" in fields:
            fields["linked"].required = False
        if "every_minutes" in fields:
            fields["every_minutes"].widget.attrs["min"] = 1
        if "address" in fields:
            fields["address"].required = True
            fields["name"].required = False
        if "folder" in fields:
            said = _("Below %(root)s, in the folder of the organisation; it is made if it is not there.")
            fields["folder"].help_text = said % {"root": watched_root()}
        fields["reprint"].required = False
        for name in ("websub", "selector", "pattern", "leave_out", "days_back"):
            if name in fields and name in source.options:
                fields[name].initial = source.options[name]
        self._fill_from_address()

    def _fill_from_address(self) -> None:
        source = self.instance
        if not source.pk:
            return
        if self.kind.transport == "mailbox":
            parts = urlsplit(source.address)
            self.fields["server"].initial = parts.netloc.rpartition("@")[2]
            self.fields["user"].initial = unquote(parts.username or "")
            self.fields["mail_folder"].initial = unquote(parts.path.strip("/"))
            self.fields["password"].help_text = _("It is kept encrypted. Leave it empty to keep the one there is.")
        if self.kind.transport == "folder":
            self.fields["folder"].initial = source.address.partition("/")[2]

    @property
    def columns(self) -> list[tuple[str, list[Any]]]:
        """Bound fields in two parts: where it comes from, and what may be done with it."""
        bound = {name: self[name] for name in self.fields}
        return [
            ("", [bound[name] for name in bound if name not in _RIGHTS]),
            (_("Rights: may it be reprinted?"), [bound[name] for name in _RIGHTS]),
        ]

    def clean_reader(self) -> str:
        return self.cleaned_data["reader"] or "auto"

    def clean_linked(self) -> str:
        return self.cleaned_data["linked"] or self.instance.linked or Source.Linked.NEVER

    def clean_reprint(self) -> str:
        return self.cleaned_data["reprint"] or Source.Reprint.UNKNOWN

    def clean_address(self) -> str:
        return str(self.cleaned_data["address"]).strip()

    def clean_folder(self) -> str:
        folder = str(self.cleaned_data["folder"]).strip().strip("/")
        if not _FOLDER_NAME.match(folder) or any(part.strip(". ") == "" for part in folder.split("/")):
            raise forms.ValidationError(_("Write the name of a folder: letters, digits, - _ and a space."))
        return folder

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.kind.transport == "page":
            self._check_rule(cleaned)
        if self.kind.transport == "mailbox" and not self.instance.pk and not cleaned.get("password"):
            self.add_error("password", _("A mailbox is opened with a password."))
        organisation = cleaned.get("organisation") or (self.instance.organisation_id and self.instance.organisation)
        address = self._address(cleaned, organisation) if organisation else ""
        twins = Source.objects.filter(organisation=organisation, address=address).exclude(pk=self.instance.pk)
        if address and twins.exists():
            self.add_error(self.kind.fields[0], _("The organisation collects from there already."))
        return cleaned

    def _check_rule(self, cleaned: dict[str, Any]) -> None:
        try:
            links(Document(b"<html><a href='/'>x</a></html>", "http://example.org/list"), Rule.of(cleaned))
        except HaiheError as error:
            self.add_error("selector" if cleaned.get("selector") else "pattern", f"{error.message} {error.hint}")

    def _address(self, cleaned: Mapping[str, Any], organisation: Organisation) -> str:
        match self.kind.transport:
            case "mailbox" if cleaned.get("server") and cleaned.get("user"):
                plain = cleaned["server"].removeprefix("imap://")
                scheme = "imap" if plain != cleaned["server"] else "imaps"
                folder = quote(cleaned.get("mail_folder") or "INBOX", safe="")
                return (
                    f"{scheme}://{quote(cleaned['user'], safe='')}@{plain.removeprefix('imaps://').strip('/')}/{folder}"
                )
            case "folder" if cleaned.get("folder"):
                return f"{organisation.slug}/{cleaned['folder']}"
            case "push" | "upload":
                return ""
            case _:
                return str(cleaned.get("address", ""))

    def save(self, commit: bool = True) -> Source:
        source: Source = super().save(commit=False)
        data, before = self.cleaned_data, self.initial.get("address", "")
        source.transport = self.kind.transport
        source.address = self._address(data, source.organisation)
        source.name = source.name or source.shown_address[:200]
        chosen = {
            name: data[name]
            for name in ("websub", "selector", "pattern", "leave_out", "days_back")
            if name in self.fields
        }
        source.options = {**source.options, **chosen}
        if data.get("password"):
            source.sealed = seal(data["password"])
        if source.address != before or "password" in self.changed_data:
            source.etag = source.last_modified = source.problem = source.problem_code = ""
            source.next_visit_at, source.failures, source.quiet = None, 0, 0
        if source.address != before:
            source.memory = {}
        elif set(chosen) & set(self.changed_data):
            source.etag = source.last_modified = ""  # another rule reads the same page anew
        if commit:
            source.save()
            if self.kind.transport == "folder":
                _made(source.address)
        return source


class UploadForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("file"))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_UPLOAD:
            raise forms.ValidationError(_("The file is larger than 64 MB."))
        return file


def _made(address: str) -> None:
    """The folder that a source watches, made below the watched one where it is missing; a visit tells what failed."""
    try:
        folder_at(address)
    except HaiheError:
        root = watched_root()
        folder = Path(root) / address
        if root.resolve() in folder.resolve().parents:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError:
                return
