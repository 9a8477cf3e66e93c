"""Commands of the portal."""

from haihe.base.command import Command

COMMANDS = [
    Command(
        "shots",
        "[--address URL] [--out FOLDER]",
        "a contact sheet of the portal's pages",
        "把门户各页拍成一张总览图",
    ),
]
