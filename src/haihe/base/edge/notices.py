"""The few pages the edge itself writes. Chinese and English side by side: it has no translations and no Django."""

from __future__ import annotations

from typing import Any

from haihe.base.edge.cache import Headers

_TEXTS = {
    400: ("这个地址不对", "请检查地址后再试。", "This address cannot be right", "Check it and try again."),
    405: (
        "不支持这种请求",
        "请用浏览器打开本页。",
        "This kind of request is not served",
        "Open the page in a browser.",
    ),
    408: ("上传中断", "请检查网络后重新提交。", "The upload stopped", "Check your connection and send it again."),
    413: ("内容太大", "请缩小后重新提交。", "That is too large", "Make it smaller and send it again."),
    502: (
        "服务中途断开",
        "请稍候几秒再试;如果一直这样,请管理员运行 haihe doctor。",
        "The service broke off",
        "Try again in a few seconds; if it stays, ask the administrator to run: haihe doctor.",
    ),
    503: (
        "正在启动",
        "服务正在启动或重启,本页几秒后会自动重试。如果超过一分钟,请管理员运行 haihe doctor。",
        "Starting",
        "The service is starting or being restarted; this page tries again by itself in a few seconds. "
        "If that takes more than a minute, ask the administrator to run: haihe doctor.",
    ),
    504: (
        "等待太久",
        "服务没有及时回答,请稍后再试。",
        "That took too long",
        "The service did not answer in time; try again later.",
    ),
}
_PAGE = """<!doctype html>
<html lang="zh-Hans"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
{again}<title>{title} · {title_en}</title>
<style>body{{font:1.125rem/1.7 system-ui,sans-serif;max-width:36rem;margin:15vh auto 0;padding:0 1.25rem;color:#1c2b33;
background:#fff}}h1{{font-size:1.5rem}}@media (prefers-color-scheme:dark){{body{{color:#e6eef2;background:#12191d}}}}
</style></head>
<body><main><h1>{title}</h1><p>{text}</p><div lang="en"><h2>{title_en}</h2><p>{text_en}</p></div></main></body></html>
"""


def notice(status: int) -> tuple[Headers, bytes]:
    """Headers and HTML for a status the edge answers itself; 503 asks to come back and reloads by itself."""
    title, text, title_en, text_en = _TEXTS[status]
    again = '<meta http-equiv="refresh" content="3">\n' if status == 503 else ""
    body = _PAGE.format(title=title, text=text, title_en=title_en, text_en=text_en, again=again).encode()
    headers = [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-store"),
        ("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
        ("x-content-type-options", "nosniff"),
    ]
    if status in (502, 503):
        headers.append(("retry-after", "3"))
    return headers, body


def closing(scope: Any, status: int) -> Headers:
    """`connection: close` where a body was announced with "Expect: 100-continue" and is refused unread.

    The client may keep that body back and ask the next thing on the same connection, whose first bytes hyper would take
    for it.
    """
    refused = status >= 400 and scope.http_version.startswith("1") and scope.headers.get("expect")
    return [("connection", "close")] if refused else []
