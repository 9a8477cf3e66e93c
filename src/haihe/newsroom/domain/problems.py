"""What went wrong with a source, in the words and the language of the person who looks at it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from haihe.base.web.outbound_words import OUTBOUND

_KINDS: dict[str, tuple[Promise | str, Promise | str]] = {
    **OUTBOUND,
    "FeedUnreadable": (
        gettext_lazy("What came is not a feed that can be read. It was kept as it came."),
        gettext_lazy("Open the address in a browser and look there for the address of the feed."),
    ),
    "ListOfAddresses": (
        gettext_lazy("This is a list of addresses (a sitemap, or a list of feeds), not a feed with entries."),
        gettext_lazy("Add a sitemap as a site map; a list of feeds in OPML can be added whole, under Sources."),
    ),
    "WebPage": (
        gettext_lazy("This is a web page, not a feed."),
        gettext_lazy("Look on the page for the address of its feed, or add it as a list page."),
    ),
    "ListEmpty": (
        gettext_lazy("No link of the page fits the source's rule."),
        gettext_lazy("Edit the source and take the rule that is proposed: the page may have been rebuilt."),
    ),
    "RuleUnreadable": (
        gettext_lazy("The rule of this list page cannot be read."),
        gettext_lazy("Write a CSS selector such as ul.news li a, and * in the pattern for any part of an address."),
    ),
    "MailboxRefused": (
        gettext_lazy("The mail server refused the name, the password or the folder."),
        gettext_lazy("Edit the source and write them again; many providers want a password made for programs only."),
    ),
    "MailTooLarge": (
        gettext_lazy("A mail is too large and was left in the mailbox."),
        gettext_lazy("Look at it there, and hand in what it carries by upload."),
    ),
    "FolderUnreadable": (
        gettext_lazy("The folder, or a file in it, cannot be read."),
        gettext_lazy("It must be there, below the watched folder, and readable for Haihe's account."),
    ),
    "FileTooLarge": (
        gettext_lazy("A file of the folder is too large to be taken in."),
        gettext_lazy("Hand in large recordings and pictures as several smaller files."),
    ),
    "ArchiveRefused": (
        gettext_lazy("A file of a zip archive was not taken in: damaged, locked, nested, or a bomb."),
        gettext_lazy("Unpack it on a machine you trust, and hand in the files that you want."),
    ),
    "SecretUnreadable": (
        gettext_lazy("The source's password cannot be read: Haihe's secret key has changed."),
        gettext_lazy("Edit the source and write the password again."),
    ),
    "BlobMissing": (
        gettext_lazy("The bytes that were kept are not where they were put."),
        gettext_lazy("Restore them from a backup; `haihe archive verify` lists what is missing."),
    ),
    "BlobDamaged": (
        gettext_lazy("The bytes that were kept are damaged."),
        gettext_lazy("Restore them from a backup; `haihe archive verify` lists what is damaged."),
    ),
    "NothingToBring": (
        gettext_lazy("This source is not visited: its files are handed in."),
        gettext_lazy("Upload a file on its page."),
    ),
    "StoreFull": (
        gettext_lazy("The disk is full: what came could not be kept, and nothing was taken in."),
        gettext_lazy("Make room, then collect again; nothing is lost."),
    ),
    "StoreFailing": (
        gettext_lazy("The disk refused what came: it could not be kept, and nothing was taken in."),
        gettext_lazy("Look at the disk (`haihe doctor`), then collect again; what was kept before stands."),
    ),
}


@dataclass(frozen=True)
class Problem:
    """what happened, what to do, and the technical detail in English."""

    what: str
    advice: str
    detail: str


def explain(code: str, detail: str) -> Problem | None:
    """The problem of a source or a visit, for people; None where there is none."""
    if not (code or detail):
        return None
    what, advice = _KINDS.get(code, (_("Something went wrong."), _("It is tried again by itself.")))
    return Problem(str(what), str(advice), detail)
