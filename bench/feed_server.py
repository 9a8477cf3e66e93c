"""A web server for benches of collecting, on loopback, in a process of its own: feeds with new entries, 304, articles.

python bench/feed_server.py PORT

/feed/SEED/ENTRIES/CHARACTERS   a feed of so many entries of so many Han characters, the same for the same SEED
/warm/LETTER/FEEDS/ENTRIES/CHARACTERS   feeds LETTER0 and on are made now, and cost nothing later
/quiet/…                        304 whenever it is asked with a validator, else an empty feed with one
/map/SEED/PAGES                 a sitemap of so many articles
/article/SEED/NUMBER            one of them
"""

from __future__ import annotations

import asyncio
import random
import sys
from functools import cache

COMMON = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处"  # noqa: E501
_CHANCE = random.Random(7)
_WORDS = ["".join(_CHANCE.choices(COMMON, k=2)) for _ in range(4000)]


def text_of(seed: object, characters: int) -> str:
    """So many characters of two-character words, the same for the same seed."""
    return "".join(random.Random(str(seed)).choices(_WORDS, k=characters // 2))


@cache
def feed(seed: str, entries: int, characters: int) -> bytes:
    """An RSS feed; each entry has a word of its own, "x{seed}x{number}x", to be searched for."""
    items = []
    for number in range(entries):
        text = text_of(f"{seed}-{number}", characters)
        html = "".join(f"&lt;p&gt;{text[at : at + 120]}。&lt;/p&gt;" for at in range(0, characters, 120))
        items.append(
            f"<item><guid isPermaLink='false'>{seed}-{number}</guid><title>{text[:18]} x{seed}x{number}x</title>"
            f"<link>https://news.example/{seed}/{number}</link><pubDate>Mon, 01 May 2023 12:00:00 +0800</pubDate>"
            f"<description>{html}</description></item>"
        )
    return f"<rss version='2.0'><channel><title>津门{seed}</title>{''.join(items)}</channel></rss>".encode()


def article(seed: str, number: int) -> bytes:
    """A page as city sites have them: navigation, a title, a date line, ten paragraphs, links, a footer."""
    links = "".join(f"<li><a href='/list/{n}'>栏目{n}</a></li>" for n in range(30))
    paragraphs = "".join(f"<p>{text_of(f'{seed}-{number}-{n}', 120)}。</p>" for n in range(10))
    title = text_of(f"{seed}-{number}-title", 18)
    return (
        f"<!DOCTYPE html><html lang=zh><head><meta charset=utf-8><title>{title}_津门网</title></head><body>"
        f"<ul class=nav>{links}</ul><div class=article><h1>{title}</h1>"
        f"<p class=info>2026-11-01 08:30 来源：津门新闻</p>{paragraphs}</div>"
        f"<ul class=related>{links}</ul><div class=footer>津门网 版权所有</div></body></html>"
    ).encode()


def answer(path: str, request: bytes, host: str) -> tuple[str, bytes]:
    """Status line and body."""
    kind, *rest = path.strip("/").split("/")
    match kind:
        case "feed":
            return "200 OK", feed(rest[0], int(rest[1]), int(rest[2]))
        case "warm":
            for number in range(int(rest[1])):
                feed(f"{rest[0]}{number}", int(rest[2]), int(rest[3]))
            return "200 OK", b""
        case "quiet" if b"if-none-match" in request.lower():
            return "304 Not Modified", b""
        case "quiet":
            return "200 OK", b"<rss version='2.0'><channel><title>quiet</title></channel></rss>"
        case "map":
            urls = "".join(f"<url><loc>http://{host}/article/{rest[0]}/{n}</loc></url>" for n in range(int(rest[1])))
            return "200 OK", f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}</urlset>".encode()
        case "front":
            items = "".join(
                f"<li><a href='/article/{rest[0]}/{n}'>{text_of(f'{rest[0]}-{n}-title', 18)}</a></li>"
                for n in range(20)
            )
            head = "<html><head><meta charset=utf-8><title>津门网</title></head>"
            return "200 OK", f"{head}<body><ul class=news>{items}</ul></body></html>".encode()
        case "article":
            return "200 OK", article(rest[0], int(rest[1]))
    return "404 Not Found", b""


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            request = await reader.readuntil(b"\r\n\r\n")
            path = request.split(b" ", 2)[1].decode()
            host = (
                next(line for line in request.split(b"\r\n") if line.lower().startswith(b"host:"))[5:].strip().decode()
            )
            status, body = answer(path, request, host)
            head = f'HTTP/1.1 {status}\r\nETag: "1"\r\nContent-Length: {len(body)}\r\n'
            writer.write(f"{head}Content-Type: text/html; charset=utf-8\r\n\r\n".encode() + body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main(port: int) -> None:
    server = await asyncio.start_server(serve, "0.0.0.0", port, backlog=2048)
    print("ready", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
