"""Commands of the search."""

from haihe.base.command import Command

COMMANDS = [
    Command("indexer", "", "keep the search index up to date (part of `haihe up`)", "维护检索索引(已含在 haihe up 中)"),
    Command("reindex", "", "build the search index anew while the old one serves", "重建检索索引，旧索引照常服务"),
]
