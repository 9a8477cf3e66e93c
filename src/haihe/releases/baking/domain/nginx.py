"""An nginx configuration that serves the baked tree without us: the same bytes under the same headers.

nginx reads no meta files, so what they say stands in the configuration: one set of headers for all pages, maps for
the pages that differ. What differs from the edge: nginx makes its own ETag (time and size, weak for compressed
forms), sends brotli only with its brotli module, and asks for a new configuration when a page with headers of its own
appears.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from haihe.base.edge import tree
from haihe.base.errors import HaiheError

Headers = dict[str, str]
_SPARED = ("content-type", "last-modified")


class NothingBaked(HaiheError):
    """There is no baked page whose headers nginx could send."""

    hint = "Run first: haihe bake --all"


def configuration(*, root: Path, static: Path, media: Path, upstream: str, listen: str, name: str) -> str:
    """The text of a configuration file for nginx's `http` block (conf.d).

    upstream   Django (or the edge), "127.0.0.1:9000" or "unix:/path/of.sock"

    Raises NothingBaked; ValueError for a path or header that nginx could take for something else.
    """
    pages = _pages(root)
    if not pages:
        raise NothingBaked(thing=root)
    usual = Counter(tuple(_shown(headers).items()) for headers in pages.values()).most_common(1)[0][0]
    names = sorted({header for headers in pages.values() for header in _shown(headers)})
    maps = [_map(f"haihe_{header.replace('-', '_')}", dict(usual).get(header, ""), header, pages) for header in names]
    maps.append(_map("haihe_type", "text/html; charset=utf-8", "content-type", pages))
    names.append("type")
    adds = [f"        add_header {_title(header)} $haihe_{header.replace('-', '_')} always;" for header in names]
    upstream = upstream if not upstream.startswith("/") else f"unix:{upstream}"
    return _TEMPLATE.format(
        maps="\n".join(maps),
        adds="\n".join(adds),
        root=_quoted(str(root)),
        static=_quoted(str(static) + "/"),
        media=_quoted(str(media) + "/"),
        upstream=_quoted(upstream),
        listen=_quoted(listen),
        name=_quoted(name),
    )


def _pages(root: Path) -> dict[str, Headers]:
    pages = {}
    for address in tree.addresses(root):
        try:
            page = tree.read_meta(root, address)
        except HaiheError:
            continue
        if page is not None:
            pages[address] = dict(page.headers)
    return pages


def _shown(headers: Headers) -> Headers:
    return {name: value for name, value in headers.items() if name not in _SPARED}


def _map(variable: str, usual: str, header: str, pages: dict[str, Headers]) -> str:
    """`map $haihe_address $variable { default …; /feed.rss …; }`: only what differs is named."""
    lines = [f"map $haihe_address ${variable} {{", f"    default {_quoted(usual)};"]
    for address, headers in sorted(pages.items()):
        value = headers.get(header, "")
        if value != usual:
            lines.append(f"    {_quoted('~^' + re.escape(address) + '$')} {_quoted(value)};")
    return "\n".join([*lines, "}"])


def _quoted(text: str) -> str:
    if re.search(r"[\x00-\x1f]", text) or "$" in text.removesuffix("$"):
        raise ValueError(f"nginx would not take this as it is: {text!r}")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _title(header: str) -> str:
    """Header name as people write it; the type stands under a variable of its own."""
    if header == "type":
        return "Content-Type"
    return "-".join(part.capitalize() for part in header.split("-"))


_TEMPLATE = """\
# Haihe's public pages, served by nginx from the baked tree. Made by `haihe export nginx`; put it into conf.d and
# reload nginx. Make it again when a room sends headers of its own, or the folders move.

map $request_uri $haihe_address {{
    "~^(?<haihe_path>[^?]*)" $haihe_path;
}}
map $uri $haihe_file {{
    default $uri;
    "~/$" "${{uri}}index.html";
}}
{maps}

upstream haihe_django {{
    server {upstream};
    keepalive 16;
}}

server {{
    listen {listen};
    server_name {name};
    server_tokens off;
    gzip_vary on;
    client_max_body_size 0;

    location ~ (^|/)\\. {{
        return 404;
    }}

    location /static/ {{
        alias {static};
        gzip_static on;
        add_header X-Content-Type-Options nosniff always;
        add_header Cache-Control $haihe_static_caching;
    }}

    location ~ ^/media/(documents|original_images)/ {{
        try_files /.never @django;
    }}

    # decided picture by picture, so that a withdrawal holds at once; the edge answers
    location ~ ^/(media/pictures|iiif|film)/ {{
        try_files /.never @django;
    }}

    location /media/ {{
        alias {media};
        add_header Cache-Control no-cache;
        add_header X-Content-Type-Options nosniff always;
        add_header Content-Security-Policy "default-src 'none'; style-src 'unsafe-inline'; sandbox" always;
    }}

    location / {{
        root {root};
        error_page 418 = @django;
        error_page 410 @gone;
        if ($request_method !~ ^(GET|HEAD)$) {{
            return 418;
        }}
        if ($args) {{
            return 418;
        }}
        if (-f $document_root$haihe_file.gone) {{
            return 410;
        }}
        gzip_static on;
        types {{ }}
        default_type "";
{adds}
        try_files $haihe_file @django;
    }}

    location @gone {{
        root {root};
        gzip_static on;
        types {{ }}
        default_type "";
{adds}
        rewrite ^ $haihe_file.gone break;
    }}

    location @django {{
        proxy_pass http://haihe_django;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Host $host;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_buffering on;
        proxy_read_timeout 300s;
    }}
}}

map $uri $haihe_static_caching {{
    default no-cache;
    "~[.-][0-9a-f]{{8,64}}\\.[A-Za-z0-9.]+$" "public, max-age=31536000, immutable";
}}
"""
