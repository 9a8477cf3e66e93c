"""Commands of the portal."""

from haihe.base.command import Command

COMMANDS = [
    Command(
        "map",
        "use FILE | draw FILE OUT | none",
        "the base map of the city: take a file of tiles, draw one, take it away",
        "城市底图：使用瓦片文件、绘制或撤下",
    ),
    Command(
        "shots",
        "[--address URL] [--out FOLDER]",
        "a contact sheet of the portal's pages",
        "把门户各页拍成一张总览图",
    ),
]
