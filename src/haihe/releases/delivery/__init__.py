"""delivery: what is public goes out to every channel, once, and the ledger says so.

Takes Releases (by the signals of releases); gives a row for each release and outlet, which is sent, tried again,
stopped or skipped. Rooms above register what a release is made into and where it can go:

    register_products("story", Ninjs(), Docx())      # in AppConfig.ready
    register_channel(Webhook())

An *outlet* is one configured end of a channel: this webhook address, that WeChat account.
"""

from haihe.releases.delivery.protocols import (
    Account,
    Can,
    Channel,
    Field,
    Parcel,
    Product,
    Receipt,
    Rendered,
    Way,
    channels,
    products_of,
    register_channel,
    register_products,
)

__all__ = [
    "Account",
    "Can",
    "Channel",
    "Field",
    "Parcel",
    "Product",
    "Receipt",
    "Rendered",
    "Way",
    "channels",
    "products_of",
    "register_channel",
    "register_products",
]
