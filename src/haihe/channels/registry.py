"""Every product and every channel of this room."""

from __future__ import annotations

from haihe.channels.folder.channel import Folder
from haihe.channels.products.release_json import ReleaseJson
from haihe.channels.webhook.channel import Webhook
from haihe.releases.delivery import register_channel, register_products

PRODUCTS = (ReleaseJson(),)
CHANNELS = (Webhook(), Folder())


def register() -> None:
    register_products("*", *PRODUCTS)
    for channel in CHANNELS:
        register_channel(channel)
