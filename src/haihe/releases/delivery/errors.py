"""What can go wrong between a release and its receiver."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from haihe.base.errors import HaiheError


class DeliveryError(HaiheError):
    """A delivery did not succeed."""


class NotAccepted(DeliveryError):
    """The receiver refused it for good."""

    permanent = True
    says = _("The receiver refused it for good.")
    hint = _("Read its answer, mend the cause there or in the channel's settings, then send again.")

    def __init__(self, message: str = "", *, thing: object = None, status: int = 0, answer: str = "") -> None:
        super().__init__(message, thing=thing)
        self.status, self.answer = status, answer


class NotNow(DeliveryError):
    """The receiver did not take it this time."""

    says = _("The receiver did not take it this time.")
    hint = _("Nothing to do: it is tried again by itself.")

    def __init__(
        self,
        message: str = "",
        *,
        thing: object = None,
        status: int = 0,
        answer: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, thing=thing)
        self.status, self.answer = status, answer
        self.retry_after = retry_after


class WrongSettings(DeliveryError):
    """The channel's settings cannot work."""

    permanent = True
    says = _("The channel's settings cannot work.")
    hint = _("Correct them, then send again.")


class NoProduct(DeliveryError):
    """The release cannot be made into what this channel brings."""

    permanent = True
    says = _("The release cannot be made into what this channel brings.")
    hint = _("Choose another form in the channel's settings.")


class UnknownChannel(DeliveryError):
    """The installed Haihe does not have this channel."""

    permanent = True
    says = _("This Haihe does not have such a channel.")
    hint = _("Install the version that has it, or remove the channel.")


class NotPossible(DeliveryError):
    """The delivery is in a state in which this cannot be done."""

    permanent = True
    says = _("In its present state this cannot be done.")
    hint = _("Reload the page: someone else, or the worker, was faster.")
