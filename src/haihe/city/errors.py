"""What can go wrong with organisations, people, places and the calendar, in the reader's language."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from haihe.base.errors import HaiheError


class CityError(HaiheError):
    """Something with the city's organisations, people or days is not possible.

    says    what happened, translated when it is raised; a message given to the error takes its place
    advice  what to do now, translated when it is shown
    """

    permanent = True
    says: ClassVar[Any] = ""
    advice: ClassVar[Any] = ""

    def __init__(self, message: str = "", *, thing: object = None) -> None:
        super().__init__(message or str(self.says), thing=thing)

    @property
    def hint(self) -> str:  # type: ignore[override]
        return str(self.advice)


class NotPermitted(CityError):
    """This person may not do that here."""

    says = _("You may not do that here.")
    advice = _("Ask an administrator of the organisation for the role that allows it.")


class Ungated(CityError):
    """A model has neither an `organisation` nor a `gate_field`, so nobody can say who may see its rows."""

    says = _("Nobody can say who may see these records: the model names no organisation.")
    advice = _("Give the model an `organisation` field, or name the way to one in `gate_field`.")


class UnknownAction(CityError):
    """No role knows this action."""

    says = _("No role knows this action.")
    advice = _("The actions stand in haihe.city.roles.ACTIONS.")


class UnknownRole(CityError):
    """There is no such role."""

    says = _("There is no such role.")
    advice = _("The roles stand in haihe.city.roles.ROLES.")


class MoveMakesCycle(CityError):
    """An organisation cannot stand below itself."""

    says = _("An organisation cannot stand below itself.")
    advice = _("Choose a parent outside its own branch.")


class StillInUse(CityError):
    """Something still belongs to an organisation that is to be removed."""

    says = _("Something still belongs to this organisation.")
    advice = _(
        "Nothing was removed. Finish or withdraw its work and move what is below it, or let the organisation stand and "
        "take its roles away."
    )


class TreeTooDeep(CityError):
    """The tree of organisations would become too deep."""

    says = _("The tree of organisations would become too deep.")
    advice = _("Choose a parent nearer to the top.")


class MoveByVerb(CityError):
    """The parent of an organisation was changed by saving it."""

    says = _("The parent of an organisation cannot be changed by saving it.")
    advice = _("Use haihe.city.domain.organisations.move: it takes the whole branch along.")


class NameTaken(CityError):
    """Another record already has this name."""

    says = _("Another record already has this name.")
    advice = _("Choose another.")


class LastAdministrator(CityError):
    """Nobody would be left who can manage people here."""

    says = _("Nobody would be left who can manage people here.")
    advice = _("Make somebody else administrator first.")


class CalendarFileBad(CityError):
    """An operator's calendar file cannot be used; the message names its line or its day."""

    advice = _("Correct the file; docs/calendar.md shows its form. Until then days of that year are refused.")


class YearOutOfRange(CityError):
    """The calendar does not know this year."""

    says = _("The calendar does not know this year.")
    advice = _("It knows the years from 1950 to 2099.")
