"""What can go wrong with a page."""

from haihe.base.errors import HaiheError


class NotBakeable(HaiheError):
    """The view depends on who asks."""

    permanent = True
    hint = "A baked view reads no cookie and no session and sets none; move what is personal into an island."


class NoSuchPage(HaiheError):
    """No baked view answers at this address."""

    permanent = True
    hint = "Give the path as the public sees it, and mark its view with @baked."


class BakingFailed(HaiheError):
    """The view answered with neither a page nor its absence."""

    hint = "Open the address, repair what it shows, then bake it again."
