"""What went wrong with an address, in the words and the language of the person who looks at it."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By the name of the error's class: what happened, what to do.
OUTBOUND: dict[str, tuple[Promise | str, Promise | str]] = {
    "AddressRefused": (
        _("The address lies inside a private or reserved network, which may not be reached."),
        _("If it is a machine of your own, put its network into allow_addresses in haihe.toml."),
    ),
    "AddressUnreadable": (
        _("This is no http or https address."),
        _("Write it in full, as in https://example.org/feed.xml."),
    ),
    "HostUnreachable": (
        _("The host has no address, or does not answer."),
        _("Check the spelling and open the address in a browser. It is tried again by itself."),
    ),
    "HostBusy": (
        _("The host asked us to wait."),
        _("Nothing to do: it is asked again later."),
    ),
    "TlsFailed": (
        _("The secure connection could not be made: the certificate is not sound."),
        _("Open the address in a browser. If it warns there too, tell the owner of the site."),
    ),
    "TooLarge": (
        _("The answer is larger than allowed and was cut off; nothing of it was kept."),
        _("Ask the site for a shorter feed, or give the address of one of its sections."),
    ),
    "TooSlow": (
        _("The answer did not come in time."),
        _("Nothing to do yet: it is tried again, with longer pauses."),
    ),
    "TooManyRedirects": (
        _("The address sends on in a circle, or too often."),
        _("Open the address in a browser and give the address it ends at."),
    ),
    "BadResponse": (
        _("The answer is damaged, or no sound HTTP."),
        _("Open the address in a browser. If it fails there too, tell the owner of the site."),
    ),
    "RobotsRefused": (
        _("The host's robots.txt asks crawlers not to read this address."),
        _("Ask the site's owner for another address, or to let your crawler in (crawler_name)."),
    ),
    "RefusedByServer": (
        _("The server answered with an error."),
        _("Open the address in a browser: the page may have moved, or need a password."),
    ),
}
