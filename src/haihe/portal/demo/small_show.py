# ruff: noqa: E501  (sentences as visitors read them)
"""The demonstration's exhibition: three rooms of a small house, its works drawn by code. All names are invented."""

from __future__ import annotations

from dataclasses import dataclass

ORGANISATION = "museum"
TITLE = "一河三章：纸上、岸上、手上"
TITLE_EN = "One River in Three Rooms"
SUMMARY = "没有全景，也能走进展厅：十六件作品，三间屋子。先看纸上的山水，再看岸上的四季，最后看手里的器物。"
SUMMARY_EN = (
    "A hall without a panorama: sixteen works in three rooms. First landscapes on paper, then the seasons on the bank, "
    "at last things that fit between two hands."
)


@dataclass(frozen=True)
class Room:
    """walls: as `venues.blocks.Walls` names them."""

    title: str
    title_en: str
    text: str
    text_en: str
    walls: str


@dataclass(frozen=True)
class Work:
    """drawn: "scroll N", "poem", "scene NAME" or "object NAME" of the museum's tour; width: millimetres, 0 where nobody says."""

    key: str
    drawn: str
    width: int
    title: str
    title_en: str
    about: str
    about_en: str
    alt: str
    alt_en: str
    text: str
    text_en: str


PAPER = Room(
    "第一章 纸上", "I · On paper",
    "四幅山水，一首诗。墨由浓到淡，山由近到远。诗是王之涣的《登鹳雀楼》，四行二十字。",
    "Four landscapes and a poem. The ink goes from dark to pale as the hills go from near to far. The poem is Wang Zhihuan's “On the Stork Tower”, four lines of five characters.",
    "paper",
)  # fmt: skip
BANK = Room(
    "第二章 岸上", "II · On the bank",
    "同一段河岸，换了六次天气。画的人说，他没有离开过那条长凳。",
    "The same stretch of bank under six different skies. The painter says he never left the bench.",
    "river",
)  # fmt: skip
HAND = Room(
    "第三章 手上", "III · In the hand",
    "最后一间不大，灯也少。墙上是五件器物的照片，实物在本馆正厅，请走近看。",
    "The last room is small and has few lamps. On its walls hang photographs of five objects, which themselves stand in the great hall. Come close.",
    "night",
)  # fmt: skip

WORKS: tuple[Room | Work, ...] = (
    PAPER,
    Work(
        "ridge", "scroll 0", 620, "红日层峦", "Red sun over ridges", "立轴，纸本设色", "Hanging scroll, ink and colour on paper",
        "竖幅水墨：五重远山，右上一轮红日，近处水面", "Upright ink painting: five ranges of hills, a red sun above, water in front",
        "五重山，一轮日。最远的一重几乎就是纸的颜色。\n\n右下角钤一方朱印。",
        "Five ranges and one sun. The farthest is almost the colour of the paper.\n\nA red seal stands in the lower right corner.",
    ),
    Work(
        "mist", "scroll 1", 620, "雨后青山", "Hills after rain", "立轴，纸本水墨", "Hanging scroll, ink on paper",
        "竖幅水墨：雨后的青灰山峦，山脚有树", "Upright ink painting: grey-green hills after rain, trees at their foot",
        "雨刚停，山脚的雾还没有散。画面下方的几株树，是用笔尖点出来的。",
        "The rain has just stopped and the mist at the foot of the hills has not lifted. The trees below were set down with the tip of the brush.",
    ),
    Work(
        "poem", "poem", 620, "《登鹳雀楼》诗轴", "“On the Stork Tower”", "立轴，纸本墨书", "Hanging scroll, calligraphy in ink on paper",
        "竖幅书法：王之涣《登鹳雀楼》四行，自右向左", "Calligraphy: Wang Zhihuan's poem in four columns, read from the right",
        "白日依山尽，黄河入海流。\n\n欲穷千里目，更上一层楼。",
        "The white sun leans on the hills and is gone; the Yellow River runs into the sea.\n\nTo see a thousand miles, climb one storey more.",
    ),
    Work(
        "evening", "scroll 2", 620, "秋山晚照", "Autumn hills at evening", "立轴，纸本设色", "Hanging scroll, ink and colour on paper",
        "竖幅水墨：暖墨色的秋山与一轮落日", "Upright ink painting: autumn hills in warm ink under a setting sun",
        "墨里掺了一点赭石，所以山是暖的。",
        "A little ochre went into the ink, so the hills are warm.",
    ),
    Work(
        "far", "scroll 3", 620, "远水无声", "Far water, without a sound", "立轴，纸本水墨", "Hanging scroll, ink on paper",
        "竖幅水墨：蓝灰色远山，大片水面", "Upright ink painting: blue-grey hills far away behind a wide water",
        "这一幅几乎只有水。请站远一些。",
        "This one is almost all water. Stand a little farther away.",
    ),
    BANK,
    Work(
        "kites", "scene kites", 1300, "清明的风", "The wind of Qingming", "数字绘画", "Digital painting",
        "晴空下三只燕形风筝，河滩上站着放风筝的人", "Three swallow-shaped kites in a clear sky, people on the bank below",
        "春天，线绷得很直。", "Spring: the lines are taut.",
    ),
    Work(
        "lotus", "scene lotus", 1300, "荷塘正午", "Lotus at noon", "数字绘画", "Digital painting",
        "荷塘里开着几朵粉色荷花，荷叶铺满水面", "Pink lotus flowers above leaves that cover the pond",
        "夏天最静的时候是正午，连蜻蜓都停着。", "The stillest hour of summer is noon: even the dragonflies rest.",
    ),
    Work(
        "tram", "scene tram", 1300, "电车过桥", "The tram", "数字绘画", "Digital painting",
        "一列蓝绿色有轨电车驶过种满行道树的街道", "A teal tram in a street lined with trees",
        "秋天的第一片叶子落在车顶上，坐了三站。", "The first leaf of autumn fell on the roof and rode along for three stops.",
    ),
    Work(
        "street", "scene old_street", 1300, "老街点灯", "Lanterns in the old street", "数字绘画", "Digital painting",
        "傍晚的老街，两侧挂着红灯笼，行人走在石板路上", "An old street at dusk, red lanterns on both sides, people walking",
        "三百六十五盏灯笼，一天一盏的意思。", "Three hundred and sixty-five lanterns: one for each day.",
    ),
    Work(
        "snow", "scene snow_teahouse", 1300, "雪中茶社", "Teahouse in the snow", "数字绘画", "Digital painting",
        "雪中的两层茶社，窗里透出暖光，檐下挂着灯笼", "A two-storey teahouse in the snow, warm windows, lanterns under the eaves",
        "窗子里的暖光，是这间屋里最亮的颜色。", "The warm light in the windows is the brightest colour in this room.",
    ),
    Work(
        "lights", "scene lights_night", 1300, "灯光季", "Season of lights", "数字绘画", "Digital painting",
        "夜色中的河岸，彩色光柱从楼群间升起，水面漂着水灯", "The river bank at night, coloured beams rising, lanterns on the water",
        "河是最长的一块屏幕。", "The river is the longest screen of all.",
    ),
    HAND,
    Work(
        "vase", "object vase", 0, "青花缠枝莲纹大瓶", "Blue-and-white vase with lotus scrolls", "瓷，高九十三厘米", "Porcelain, 93 cm tall",
        "青花大瓶，通体缠枝莲，肩部水波纹，近足处一周莲瓣", "A large blue-and-white vase with lotus scrolls, waves at its shoulder, petals near its foot",
        "请看花心：那里的蓝最深。", "Look into the flowers: there the blue is deepest.",
    ),
    Work(
        "gourd", "object gourd", 0, "青瓷葫芦瓶", "Celadon gourd vase", "瓷，高八十厘米", "Stoneware, 80 cm tall",
        "青瓷葫芦瓶，釉色青绿，开片细密", "A celadon gourd vase, its glaze green with fine crackle",
        "开片是釉与胎冷得不一样快留下的。", "The crackle tells that glaze and body cooled at different speeds.",
    ),
    Work(
        "bell", "object bell", 0, "青铜枚钟", "Bronze bell with bosses", "青铜，悬于木架", "Bronze, on a wooden stand",
        "悬在红木架上的青铜钟，钟身有枚", "A bronze bell with bosses, hung in a wooden stand",
        "敲正面和敲侧面，是两个音。", "Struck in front and struck at the side it gives two different tones.",
    ),
    Work(
        "tripod", "object tripod", 0, "双耳三足鼎", "Tripod with two ears", "青铜，绿锈", "Bronze with green patina",
        "双耳三足青铜鼎，腹部一周回纹", "A bronze tripod with two ears, a frieze around its body",
        "腹部一周回纹，锈色从足往上爬。", "A frieze of meanders around the body; the patina climbs from the feet.",
    ),
    Work(
        "disc", "object disc", 0, "谷纹玉璧", "Jade disc with grain pattern", "玉，配木座", "Jade, on a wooden stand",
        "立在木座上的青白玉璧，满饰谷纹", "A pale jade disc covered with a pattern of grains, on a wooden stand",
        "一粒一粒，都是谷子发芽的样子。", "Each raised grain is a seed about to sprout.",
    ),
)  # fmt: skip
