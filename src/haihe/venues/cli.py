from haihe.base.command import Command

COMMANDS = [
    Command(
        "venues tile",
        "IN OUT [--format F]",
        "cut a panorama into cube tiles for every viewer",
        "\u628a\u5168\u666f\u56fe\u5207\u6210\u5404\u79cd\u6d4f\u89c8\u5668\u901a\u7528\u7684\u7acb\u65b9\u4f53\u74e6\u7247",
        run="haihe.venues.domain.tiling.command:main",
    ),
    Command(
        "venues stitch",
        "PHOTO... OUT",
        "join overlapping photos into a panorama, level and closed",
        "\u628a\u91cd\u53e0\u62cd\u6444\u7684\u7167\u7247\u62fc\u6210\u6c34\u5e73\u3001\u95ed\u5408\u7684\u5168\u666f\u56fe",
        run="haihe.venues.domain.stitching.command:main",
    ),
    Command(
        "venues inspect",
        "FILE [--json]",
        "what a picture is, and what stands in the way of a panorama",
        "\u68c0\u67e5\u56fe\u7247\u662f\u4ec0\u4e48\uff0c\u505a\u5168\u666f\u56fe\u8fd8\u7f3a\u4ec0\u4e48",
        run="haihe.venues.domain.inspecting.command:main",
    ),
]
