"""How the edge says no: after the reason, in both languages, and never so that what is unpublished shows."""

from __future__ import annotations

from haihe.archive.domain.rights.deciding import Decision, Reason
from haihe.archive.edge.lookups import Known, Unreachable, lookups
from haihe.base.edge.routes import Request

CORS = ("access-control-allow-origin", "*")
_TEXTS = {
    400: ("请求的地址不符合 IIIF 规定。", "The address is not one of IIIF."),
    403: ("这件作品现在还不能公开。", "This work may not be shown yet, or not at this size."),
    404: ("没有这件作品。", "There is no such work."),
    410: ("这件作品已撤回。", "This work was withdrawn."),
    415: ("这份文件不是可以显示的图片。", "This file is no picture that can be shown."),
    503: ("服务正在重启,请几秒后再试。", "The service is being restarted; try again in a few seconds."),
}


def say(request: Request, status: int, detail: str = "") -> None:
    """A refusal as text."""
    chinese, english = _TEXTS.get(status, _TEXTS[400])
    body = "\n".join(filter(None, [chinese, english, detail])) + "\n"
    headers = [("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store"), CORS]
    headers += [("x-content-type-options", "nosniff")]
    if status == 503:
        headers.append(("retry-after", "2"))
    request.respond(status, headers, body.encode())


def status_of(known: Known, decision: Decision) -> int:
    """410 and 403 only for what the public has seen, or will see on a day that is set; else there is nothing here."""
    if decision.reason in (Reason.WITHDRAWN, Reason.PURGED):
        return 410 if known.master.published or known.person.signed_in else 404
    if decision.reason in (Reason.EMBARGOED, Reason.EXPIRED, Reason.TOO_LARGE, Reason.PROHIBITED) or decision.allowed:
        return 403 if known.master.published else 404
    return 404


async def known_of(request: Request, query: str) -> Known | None:
    """What is known of the thing that `query` names to Django; None: the request is answered, there is no such thing
    or nobody can say just now."""
    try:
        known = await lookups().known(request, query)
    except Unreachable:
        say(request, 503)
        return None
    if known is None:
        say(request, 404)
    return known


def refuse(request: Request, known: Known, decision: Decision) -> None:
    say(request, status_of(known, decision))
