# ruff: noqa: E501  (sentences as visitors read them)
"""The tour of the museum's great hall."""

from __future__ import annotations

from typing import Any

from haihe.portal.demo.walks import Shot, Stand, Stop, Thing, Walk, Way


def _scene(stand: Stand) -> Any:
    from haihe.portal.demo.scenery import hall

    return hall.scene_from(stand.x, stand.z, stand.eye)


def _sketch(draw: Any, at: Any) -> None:
    from haihe.portal.demo.scenery.artefacts import ARTEFACTS
    from haihe.portal.demo.scenery.solids import BENCHES, COLUMNS, HALF, LONG, SKY

    def box(x: float, z: float, wide: float, deep: float, ink: str) -> None:
        left, top = at(x - wide, z + deep)
        right, low = at(x + wide, z - deep)
        draw.rectangle((left, top, right, low), fill=ink)

    box(0, 0, HALF + 0.7, LONG + 0.7, "#4a3a30")
    box(0, 0, HALF, LONG, "#e9e1d0")
    box(0, 0, SKY[0], SKY[1], "#f6f4ee")
    box(0, 0, 1.15, LONG - 1, "#ddd2bb")
    box(0, LONG + 0.35, 2.35, 0.5, "#9fbf8f")
    box(0, -LONG - 0.35, 3.0, 0.5, "#b8863c")
    for x, z in BENCHES:
        box(x, z, 0.25, 1.1, "#8a6a4c")
    for x, z in COLUMNS:
        left, top = at(x - 0.55, z + 0.55)
        right, low = at(x + 0.55, z - 0.55)
        draw.ellipse((left, top, right, low), fill="#97221a")
    for one in ARTEFACTS:
        box(one.at[0], one.at[2], 0.62, 0.62, "#0b5567")


HALL = Stand(
    "hall", "南门正厅", 0.0, -8.6, 0, -4,
    "一座长厅：两排朱红立柱，头顶一条天窗，石地如镜；正前方展台上立着一只青花瓶，尽头是月洞门。",
    "从南门进来，先看到的是光。天窗自南而北贯穿全厅，白天不开灯也能看清每一件器物。\n\n"
    "地面是三百二十块磨光青石，天窗和红柱都倒映在里面。请沿中间浅色的石带往北走，两侧各有一排展台。",
    {
        "title": "South door",
        "alt": "A long hall: two rows of red columns, a skylight above, a stone floor like a mirror; ahead a "
        "blue-and-white vase on a plinth, and at the far end a moon gate.",
        "text": "What you meet first is light. The skylight runs the length of the hall, and by day no lamp is needed to "
        "see every object.\n\nThe floor is of polished stone; skylight and columns stand in it upside down. Follow the "
        "pale band northwards: plinths stand on both sides.",
    },
)  # fmt: skip
COURT = Stand(
    "court", "中庭", 0.0, 1.9, 0, -3,
    "站在大厅中央：左手是青瓷葫芦瓶，右手是青铜钟，前方左右分立青铜鼎与玉璧，月洞门在正前方。",
    "这里是大厅的正中。左手一件温润，右手一件能响：青瓷与青铜，正是这座馆的两条脉络。\n\n"
    "两侧墙上挂着八幅立轴，六幅山水，两幅写着同一首诗。坐在条凳上看，高低刚好。",
    {
        "title": "Middle of the hall",
        "alt": "In the middle of the hall: a celadon gourd vase on the left, a bronze bell on the right, a bronze tripod "
        "and a jade disc ahead, and the moon gate between them.",
        "text": "This is the middle. One thing on the left is quiet, one on the right can sound: celadon and bronze, the "
        "two threads of this house.\n\nEight hanging scrolls line the walls: six landscapes, and one poem twice. From the "
        "benches they are at the right height.",
    },
)  # fmt: skip
GATE = Stand(
    "gate", "月洞门前", 0.0, 10.2, 180, -4,
    "背靠月洞门向南望：青铜鼎在右，玉璧在左，红柱夹道，尽头是南门的花格木门。",
    "月洞门外是一园竹子。清晨的光从竹间漏进来，落在最后两件展品上。\n\n"
    "转身南望，可以看清整座大厅的梁架：彩画以青绿为底，云纹描金，檐下一圈与柱头相接。",
    {
        "title": "Before the moon gate",
        "alt": "With the moon gate behind, looking south: the bronze tripod on the right, the jade disc on the left, red "
        "columns on both sides, and the lattice doors of the south entrance at the end.",
        "text": "Beyond the moon gate grows a garden of bamboo. Morning light comes through it onto the last two "
        "objects.\n\nTurn south to see the beams of the whole hall, painted blue and green with gilded clouds.",
    },
)  # fmt: skip

TOP = 1.5  # where one looks at an object
FRONT = 0.66  # where its hotspot stands, on the plinth
THINGS = (
    Thing(
        "vase", (0.0, FRONT, -2.5), ("hall",), "青花缠枝莲纹大瓶", "Blue-and-white vase with lotus scrolls",
        "高九十三厘米。通体缠枝莲，花头八瓣，肩部一周水波，近足处仰覆变形莲瓣。青料浓淡相间，深处如墨。\n\n"
        "瓶口略敞，口沿一道弦纹。请走近看看花心：那里的蓝最深。",
        "Ninety-three centimetres tall. Lotus scrolls cover the body, each flower with eight petals; a band of waves on the "
        "shoulder, upright lappets at the foot. The cobalt runs from pale to almost black.\n\nLook into the heart of a "
        "flower: there the blue is deepest.",
    ),
    Thing(
        "gourd", (-3.1, FRONT, 1.6), ("court", "hall"), "青瓷葫芦瓶", "Celadon gourd vase",
        "釉色如雨后的水。开片细密，像冰面初裂。葫芦谐音“福禄”，上小下大，一捏一收全凭手上的准头。",
        "Glazed like water after rain, with a fine crackle like the first cracks in ice. A gourd, in Chinese, sounds like "
        "good fortune; its waist is a matter of one turn of the hand.",
    ),
    Thing(
        "bell", (3.1, FRONT, 1.6), ("court", "hall"), "青铜钟", "Bronze bell",
        "钟身上部九组枚，敲正面与侧面，能得两个音。架子是后配的红木。",
        "Nine groups of bosses circle its upper half. Struck in front and at the side it gives two notes. The frame is "
        "later, of rosewood.",
    ),
    Thing(
        "tripod", (-2.9, FRONT, 6.0), ("court", "gate"), "青铜鼎", "Bronze tripod",
        "圆腹，三足，双立耳。腹部一周兽面纹，以雷纹为地。铜绿深浅不一，是埋在土里的年月留下的。",
        "A round body on three legs with two upright handles; a frieze of masks runs round it on a ground of spirals. The "
        "green is what the years in the earth left.",
    ),
    Thing(
        "disc", (2.9, FRONT, 6.0), ("court", "gate"), "谷纹玉璧", "Jade disc with grain pattern",
        "青白玉，两面琢谷纹，粒粒相间如初生的谷芽。对着光看，边缘是透的。",
        "Pale green jade carved on both sides with rows of sprouting grain. Against the light its edge is translucent.",
    ),
    Thing(
        "poem", (-8.5, 2.75, -2.75), ("hall", "court"), "《登鹳雀楼》立轴", "Scroll with a poem",
        "白日依山尽，黄河入海流。\n\n欲穷千里目，更上一层楼。\n\n唐·王之涣。两侧墙上各挂一幅，遥遥相对。",
        "A poem by Wang Zhihuan (688–742): the sun sinks behind the hills, the river runs to the sea; to see a thousand "
        "miles, climb one storey more.",
    ),
    Thing(
        "bamboo", (0.0, 2.4, 14.0), ("gate", "court"), "月洞门", "Moon gate",
        "正圆的门，直径四米七。门是框，园是画：春看新竹，冬看雪。",
        "A round gate, four metres seventy across. The gate is a frame and the garden its picture: new bamboo in spring, "
        "snow in winter.",
    ),
)  # fmt: skip


def _close(thing: str, x: float, z: float, fov: float, alt: str) -> Shot:
    at = next(one.at for one in THINGS if one.id == thing)
    return Shot(thing, Stand(thing, "", x, z, 0, 0, "", "", {}, eye=1.62), (at[0], 1.46, at[2]), fov, alt)


PICTURES = (
    Shot("cover", Stand("cover", "", 0.0, -7.0, 0, 0, "", "", {}, eye=1.7), (0.0, 2.15, 4.0), 62.0, HALL.alt, 52),
    _close("vase", 0.7, -4.9, 29.0, "青花大瓶，通体缠枝莲，肩部水波纹，近足处一周莲瓣"),
    _close("gourd", -1.6, 0.2, 30.0, "青瓷葫芦瓶，釉色青绿，开片细密"),
    _close("bell", 1.6, 0.2, 33.0, "悬在红木架上的青铜钟，钟身有枚"),
    _close("tripod", -1.5, 4.3, 31.0, "三足青铜鼎，双立耳，腹部一周兽面纹"),
    _close("disc", 2.2, 3.9, 31.0, "立在木座上的玉璧，两面谷纹"),
)

WALK = Walk(
    organisation="museum",
    title="博物馆正厅云游",
    title_en="The great hall of the museum",
    summary="朱柱、天窗、五件器物和一扇月洞门。馆舍与器物皆由代码绘制，专为演示。",
    summary_en="Red columns, a skylight, five objects and a moon gate. Hall and objects are drawn by code, to show how it "
    "works.",
    stands=(HALL, COURT, GATE),
    things=THINGS,
    ways=(
        Way("hall", "court", "往中庭", "To the middle of the hall", 4.6),
        Way("court", "gate", "往月洞门", "To the moon gate"),
        Way("court", "hall", "回南门", "Back to the south door"),
        Way("gate", "court", "往中庭", "To the middle of the hall"),
    ),
    pictures=PICTURES,
    plan="大厅平面图，上北下南：南门在下，月洞门在上，两排各五根立柱，中间五座展台。",
    plan_en="Plan of the hall, north above: south door below, moon gate above, two rows of five columns, five plinths.",
    route_title="跟着讲解走",
    route_title_en="Guided walk",
    route=(
        Stop("hall", "欢迎来到海河市博物馆。请先抬头，再低头：天窗在上，也在脚下。", "Welcome. Look up first, then down: the "
             "skylight is above you, and below.", None, 78, 10),
        Stop("hall", "正前方是镇馆的青花大瓶，八瓣莲花缠绕全身。", "Straight ahead stands the blue-and-white vase, wound in "
             "lotus.", (0.0, TOP, -2.5), 42, 12),
        Stop("court", "左手这件青瓷，釉色如雨后的水。", "On the left, celadon the colour of water after rain.",
             (-3.1, TOP, 1.6), 52, 11),
        Stop("court", "右手这口钟，一钟双音。", "On the right, a bell with two voices.", (3.1, TOP, 1.6), 52, 11),
        Stop("court", "往前，鼎与璧分立两侧，月洞门在中间。", "Ahead, tripod and jade disc, and the moon gate between them.",
             (0.0, 2.2, 14.0), 62, 12),
        Stop("gate", "最后请转身，看一看来时的路。", "Turn once more, and see the way you came.", None, 80, 12),
    ),
    ground=(-10.5, -16.0, 21.0, 32.0),
    scene=_scene,
    objects=("vase", "gourd"),
    sketch=_sketch,
)  # fmt: skip
