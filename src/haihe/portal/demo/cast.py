"""Who and where in the demonstration city. All names are invented."""

from __future__ import annotations

PLACES = {
    "museum": ("海河市博物馆", "Haihe City Museum", "venue", 117.2082, 39.0841),
    "wharf": ("老码头", "Old Wharf", "scenic_spot", 117.2001, 39.1402),
    "mill": ("望潮创意园", "Wangchao Works", "venue", 117.2473, 39.1217),
    "stage": ("河畔戏台", "Riverside Stage", "venue", 117.1764, 39.1338),
}

# slug: (name, English name, kind, parent, place, about, about in English)
ORGANISATIONS = {
    "centre": (
        "海河市融媒体中心", "Haihe City Media Centre", "city_centre", None, None,
        "海河市的市级融媒体中心，编发全市要闻，统筹十六个区的稿件共享。",
        "The city's media centre: news of the whole city, and the desk the districts share.",
    ),
    "wangchao": (
        "望潮区融媒体中心", "Wangchao District Media Centre", "district_centre", "centre", "mill",
        "入海口一侧的城区，老工业多，新剧场也多。", "The district at the river's mouth: old industry, new theatres.",
    ),
    "liuan": (
        "柳岸区融媒体中心", "Liu'an District Media Centre", "district_centre", "centre", "stage",
        "河湾里的老城区，手艺人和戏台都在这里。", "The old town in the bend: craftspeople and stages.",
    ),
    "museum": (
        "海河市博物馆", "Haihe City Museum", "museum", "centre", "museum",
        "馆藏一万二千余件（套），周一闭馆。", "Twelve thousand objects. Closed on Mondays.",
    ),
    "wharf": (
        "老码头历史街区", "Old Wharf Historic Quarter", "scenic_spot", "centre", "wharf",
        "一条街，三百六十五盏灯笼，四十九级台阶。", "One street, 365 lanterns, 49 steps.",
    ),
    "bureau": (
        "海河市文化和旅游局", "Haihe Culture and Tourism Bureau", "bureau", "centre", None,
        "负责全市文化和旅游公共服务。", "Public services in culture and tourism.",
    ),
}  # fmt: skip

# slug: (name, English name)
SECTIONS = {
    "news": ("要闻", "News"),
    "culture": ("文化", "Culture"),
    "travel": ("旅游", "Travel"),
    "technology": ("科技", "Technology"),
    "life": ("民生", "Life"),
    "service": ("服务", "Service"),
}

# slug: (name, English name, about)
TOPICS = {
    "lights": ("海河灯光季", "River of Lights", "四十天，十二座桥，一张时间表。"),
    "heritage": ("旧物新生", "Old things, new lives", "老厂房、老手艺和老物件，正在怎样回到日常。"),
}

# organisation: (kind, rank, opening hours, in English, tickets, in English)
VENUES = {
    "museum": (
        "museum", "", "周二至周日 9:00—17:00，16:30 停止入馆，周一闭馆",
        "Tuesday to Sunday 9:00–17:00, last entry 16:30, closed on Mondays",
        "免费，凭预约入馆", "Free, with a reservation",
    ),
    "wharf": ("scenic_spot", "4A", "全天开放，灯光 18:30—22:00", "Always open; lights 18:30–22:00", "免费", "Free"),
}  # fmt: skip

# account: (pen name, role, organisation)
PEOPLE = {
    "demo-reporter": ("林晓汀", "reporter", "centre"),
    "demo-editor": ("周望", "editor", "centre"),
    "demo-publisher": ("陆行川", "publisher", "centre"),
    "demo-district": ("许归帆", "publisher", "wangchao"),
}

# organisations that publish a feed of notices
FEEDS = ("museum", "bureau")

# What each picture shows, for who cannot see it: (Chinese, English)
ALT = {
    "river_dusk": (
        "黄昏的河面，两岸楼宇和摩天轮倒映水中，一只小船驶过",
        "The river at dusk, towers and a big wheel mirrored in it, a small boat passing",
    ),
    "lights_night": (
        "夜色中的河岸，彩色光柱从楼群间升起，水面漂着水灯",
        "The river bank at night, coloured beams rising, lanterns on the water",
    ),
    "museum_hall": (
        "博物馆正厅，一只青花瓶立在展台上，三位观众在看",
        "A museum hall, a blue-and-white vase on a plinth, three visitors",
    ),
    "kites": (
        "晴空下三只燕形风筝，河滩上站着放风筝的人",
        "Three swallow-shaped kites in a clear sky, people on the bank below",
    ),
    "works_reborn": (
        "锯齿形屋顶的红砖厂房和两根烟囱，窗里亮着灯，人们走过广场",
        "A red-brick mill with a saw-tooth roof and two chimneys, its windows lit",
    ),
    "reading_room": (
        "书架从地到顶，几盏绿罩灯下坐着读书的人",
        "Bookshelves from floor to ceiling, readers under green lamps",
    ),
    "lotus": ("荷塘里开着几朵粉色荷花，荷叶铺满水面", "Pink lotus flowers above leaves that cover the pond"),
    "opera_stage": (
        "红色帷幕拉开的戏台，中央是一张红白相间的脸谱",
        "A stage between red curtains, a painted opera mask in its middle",
    ),
    "snow_teahouse": (
        "雪中的两层茶社，窗里透出暖光，檐下挂着灯笼",
        "A two-storey teahouse in the snow, warm windows, lanterns under the eaves",
    ),
    "old_street": (
        "傍晚的老街，两侧挂着红灯笼，行人走在石板路上",
        "An old street at dusk, red lanterns on both sides, people walking",
    ),
    "scanning": ("采集间里，扫描仪的光线落在一件坐像上", "A scanner's light falling on a seated figure"),
    "tram": ("一列蓝绿色有轨电车驶过种满行道树的街道", "A teal tram in a street lined with trees"),
}
