"""Every product and every channel of this room."""

from __future__ import annotations

from haihe.channels.activitypub.channel import ActivityPub
from haihe.channels.changes.channel import Changes
from haihe.channels.described.channel import Described
from haihe.channels.folder.channel import Folder
from haihe.channels.newsletter.channel import Newsletter
from haihe.channels.paper.channel import Paper
from haihe.channels.products.activity import ActivityArticle, ActivityNote
from haihe.channels.products.clip import Clip
from haihe.channels.products.docx import Docx
from haihe.channels.products.epub import Epub
from haihe.channels.products.html import Html
from haihe.channels.products.newsml import NewsML
from haihe.channels.products.pdf import Pdf
from haihe.channels.products.posts import POSTS
from haihe.channels.products.release_json import ReleaseJson
from haihe.channels.products.speech import Speech
from haihe.channels.products.stills import Poster, Slide
from haihe.channels.products.text import Markdown, PlainText
from haihe.channels.products.wechat import WeChatArticle
from haihe.channels.push.channel import Push
from haihe.channels.s3.channel import S3
from haihe.channels.sftp.channel import Sftp
from haihe.channels.webhook.channel import Webhook
from haihe.channels.websub.channel import WebSub
from haihe.channels.wechat.channel import WeChat
from haihe.releases.delivery import Product, register_channel, register_products

PRODUCTS: tuple[Product, ...] = (
    ReleaseJson(), PlainText(), Markdown(), Html(), NewsML(), Docx(), Pdf(), Epub(), WeChatArticle(), Poster(), Slide(),
    *POSTS, ActivityNote(), ActivityArticle(), Speech(), Clip(),
)  # fmt: skip
CHANNELS = (
    Webhook(),
    Folder(),
    Sftp(),
    S3(),
    Described(),
    WeChat(),
    Newsletter(),
    WebSub(),
    ActivityPub(),
    Changes(),
    Push(),
    Paper(),
)


def register() -> None:
    register_products("*", *PRODUCTS)
    for channel in CHANNELS:
        register_channel(channel)
