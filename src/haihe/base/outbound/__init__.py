"""outbound: HTTP to the world outside: guarded addresses, limits, conditional GET, manners. Knows no Django."""

from haihe.base.outbound.errors import (
    AddressRefused,
    AddressUnreadable,
    BadResponse,
    HostBusy,
    HostUnreachable,
    OutboundError,
    RefusedByServer,
    TlsFailed,
    TooLarge,
    TooManyRedirects,
    TooSlow,
)
from haihe.base.outbound.fetching import (
    Client,
    agent_name,
    fetch,
    forget_shared_client,
    form_of,
    send_form,
    shared_client,
)
from haihe.base.outbound.guard import AddressGuard, public_url
from haihe.base.outbound.kept import KeptTransport
from haihe.base.outbound.politeness import Manners, seconds_of
from haihe.base.outbound.robots import Robots, RobotsRefused, check_robots
from haihe.base.outbound.shapes import Fetched, Hop, Limits, Sent, Validators

__all__ = [
    "AddressGuard",
    "AddressRefused",
    "AddressUnreadable",
    "BadResponse",
    "Client",
    "Fetched",
    "Hop",
    "HostBusy",
    "HostUnreachable",
    "KeptTransport",
    "Limits",
    "Manners",
    "OutboundError",
    "RefusedByServer",
    "Robots",
    "RobotsRefused",
    "Sent",
    "TlsFailed",
    "TooLarge",
    "TooManyRedirects",
    "TooSlow",
    "Validators",
    "agent_name",
    "check_robots",
    "fetch",
    "forget_shared_client",
    "form_of",
    "public_url",
    "seconds_of",
    "send_form",
    "shared_client",
]
