"""Headers of public pages. A page of ours needs nothing from elsewhere and runs no inline script or style."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

# frame-ancestors works only as a header; the rest also stands in every page's <meta>, so that exported trees keep it
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; media-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'"
)


def policy(tiles_from: str = "") -> str:
    """POLICY; on the page of a map also open to the tiles of one origin that the operator named,
    "https://tiles.example.org"."""
    if not tiles_from:
        return POLICY
    opened = ("connect-src", "img-src")
    parts = (f"{part} {tiles_from}" if part.startswith(opened) else part for part in POLICY.split("; "))
    return "; ".join(parts)


PUBLIC_HEADERS: dict[str, str] = {
    "Content-Security-Policy": f"{POLICY}; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
}


def open_to_tiles(response: HttpResponseBase, tiles_from: str) -> None:
    """Give an answer the policy of a page that shows tiles of one origin; "" leaves it as all others."""
    if tiles_from:
        response.headers["Content-Security-Policy"] = f"{policy(tiles_from)}; frame-ancestors 'self'"


STAFF_PATHS = ("/admin/", "/django-admin/", "/api/")


def public_headers(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: PUBLIC_HEADERS on every answer outside the staff's pages, where it has none of its own."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not request.path.startswith(STAFF_PATHS):
            for name, value in PUBLIC_HEADERS.items():
                response.headers.setdefault(name, value)
        return response

    return middleware
