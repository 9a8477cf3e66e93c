"""What can go wrong between Haihe and an address outside."""

from __future__ import annotations

from haihe.base.errors import HaiheError


class OutboundError(HaiheError):
    """An address could not be fetched."""


class AddressRefused(OutboundError):
    """The address is not one that collecting may reach."""

    permanent = True
    hint = "If it is a machine of your own, put its network into allow_addresses in haihe.toml."


class AddressUnreadable(OutboundError):
    """This is no http or https address."""

    permanent = True
    hint = "Write it in full, as in https://example.org/feed.xml."


class HostUnreachable(OutboundError):
    """The host has no address, or does not answer."""

    hint = "Check the spelling of the host and open the address in a browser; it is tried again by itself."


class HostBusy(OutboundError):
    """The host is being asked enough already, or has told us to wait."""

    hint = "Nothing to do: it is asked again later."

    def __init__(self, message: str = "", *, thing: object = None, retry_after: float = 60.0, status: int = 0) -> None:
        super().__init__(message, thing=thing)
        self.retry_after = retry_after
        self.status = status


class TlsFailed(OutboundError):
    """The host's certificate or its TLS is not sound."""

    hint = "Open the address in a browser; if it warns there too, tell the site's owner."


class TooLarge(OutboundError):
    """The body is larger than allowed."""

    permanent = True
    hint = "Ask the site for a shorter feed, or give the address of one of its sections."


class TooSlow(OutboundError):
    """The answer did not come in time."""

    hint = "Nothing to do yet: it is tried again later, with longer pauses."


class TooManyRedirects(OutboundError):
    """The address sends on in a circle, or too often."""

    permanent = True
    hint = "Open the address in a browser and add the address it ends at."


class BadResponse(OutboundError):
    """The answer is no sound HTTP."""

    hint = "Open the address in a browser; if it fails there too, tell the site's owner."


class RefusedByServer(OutboundError):
    """The server answered with an error."""

    hint = "Open the address in a browser: the page may have moved, or need a password."

    def __init__(self, message: str = "", *, thing: object = None, status: int = 0) -> None:
        super().__init__(message, thing=thing)
        self.status = status
