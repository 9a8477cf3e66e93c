# ruff: noqa: E501  (sentences as visitors read them)
"""The tour of the riverside, by day and by night."""

from __future__ import annotations

from typing import Any

from haihe.portal.demo.walks import Shot, Stand, Stop, Thing, Walk, Way

EYE = 2.3


def _scene(stand: Stand) -> Any:
    from haihe.portal.demo.scenery import bank

    return bank.scene_from(stand.x, stand.z, night=stand.night)


def _sketch(draw: Any, at: Any) -> None:
    from haihe.portal.demo.scenery.brushed import BRIDGE, FAR, LAMPS, PAVILION, RAIL

    def box(left: float, low: float, right: float, high: float, ink: str) -> None:
        x, y = at(left, high)
        u, v = at(right, low)
        draw.rectangle((x, y, u, v), fill=ink)

    box(-110, -60, 110, RAIL, "#cfe0bd")
    box(-110, -6.5, 110, RAIL, "#e0d8ca")
    box(-110, RAIL, 110, FAR, "#a9cfd8")
    box(-110, FAR, 110, 200, "#e6ddcb")
    for n in range(9):
        y = RAIL + 12 + n * 13
        draw.line([at(-100 + n * 9, y), at(-40 + n * 9, y)], fill="#c4e0e6", width=6)
    box(BRIDGE, 0, BRIDGE + 11, FAR + 8, "#8d8579")
    x, y = at(-62, 158)
    draw.ellipse((x - 70, y - 70, x + 70, y + 70), outline="#0b5567", width=14)
    x, y = at(38, 166)
    draw.ellipse((x - 30, y - 30, x + 30, y + 30), fill="#0b5567")
    x, y = at(*PAVILION)
    draw.regular_polygon((x, y, 60), 6, fill="#9c2a20")
    for lamp in LAMPS:
        x, y = at(*lamp)
        draw.ellipse((x - 7, y - 7, x + 7, y + 7), fill="#b8863c")


_BANK = (
    "站在石板滨水道上，汉白玉栏杆外是海河；对岸高楼之间立着摩天轮，右边三孔拱桥跨过河面，身后是垂柳草坡和一座六角亭。"
)
_BANK_EN = (
    "On the stone promenade: beyond a marble balustrade runs the river. On the other bank a great wheel stands among towers, "
    "to the right a bridge of three arches; behind are willows, a lawn and a pavilion."
)
_STEPS = "滨水道的西段，离亭子更近：六角亭在身后的草坡上，摩天轮正对着栏杆，拱桥退到了远处。"
_STEPS_EN = (
    "The western part of the promenade, nearer to the pavilion on the lawn: the great wheel stands straight across the "
    "balustrade, the bridge lies farther off."
)


def _stand(key: str, title: str, x: float, yaw: int, told: dict[str, str], *, night: bool, title_en: str) -> Stand:
    return Stand(
        f"{key}-night" if night else key,
        title,
        x,
        -1.0,
        yaw,
        3,
        told["alt_night" if night else "alt"],
        told["text_night" if night else "text"],
        {
            "title": title_en,
            "variant": "Night" if night else "Day",
            "alt": told["alt_night_en" if night else "alt_en"],
            "text": told["text_night_en" if night else "text_en"],
        },
        eye=EYE,
        spot=key,
        variant="夜" if night else "昼",
        night=night,
    )


_BANK_TOLD = {
    "alt": f"白天。{_BANK}",
    "alt_night": f"夜晚。{_BANK}摩天轮、拱桥和楼群都亮着灯，灯影落满河面。",
    "alt_en": f"Day. {_BANK_EN}",
    "alt_night_en": f"Night. {_BANK_EN} Wheel, bridge and towers are lit, and their lights lie on the water.",
    "text": "老码头往东，这一段栏杆外的水面最宽。上午的太阳在左前方，摩天轮的影子刚好落到河心。\n\n石板铺了两层花纹，靠栏杆的一道仿的是旧时纤道。",
    "text_night": "天一黑，摩天轮先亮，接着是桥，最后是岸边的一串路灯。风小的晚上，河面能把它们全接住。\n\n抬头往右看，桥的上方是月亮。",
    "text_en": "East of the old wharf the river is at its widest. In the morning the shadow of the wheel reaches to the middle of "
    "the water.\n\nThe band in the paving by the balustrade follows the old towpath.",
    "text_night_en": "When it gets dark the wheel lights up first, then the bridge, and last the string of lamps along the "
    "bank. On a still evening the river catches them all.\n\nLook up to the right: the moon stands above the bridge.",
}
_STEPS_TOLD = {
    "alt": f"白天。{_STEPS}",
    "alt_night": f"夜晚。{_STEPS}亭子里灯火通明，水面上一道一道的光。",
    "alt_en": f"Day. {_STEPS_EN}",
    "alt_night_en": f"Night. {_STEPS_EN} The pavilion glows, and bands of light lie across the water.",
    "text": "走到这里，摩天轮就在正对面了。草坡上的六角亭名叫“听澜”，重檐，红柱，坐着能听见水声。\n\n柳树沿岸种了两排，四月飘絮，九月依然是绿的。",
    "text_night": "听澜亭夜里点灯，檐角的金边一圈亮起来。背着亭子看河，楼群的霓虹一条条竖在水里。",
    "text_en": "From here the wheel stands straight across. The pavilion on the lawn is called Listening to the Waves: two roofs, "
    "red columns, and the sound of the river.\n\nTwo rows of willows line the bank, green until September.",
    "text_night_en": "At night the pavilion is lit and the gilded edges of its roofs shine. With the pavilion behind you the "
    "lights of the towers stand upright in the water.",
}

DAY = _stand("bank", "河岸", 0.0, 0, _BANK_TOLD, night=False, title_en="On the bank")
NIGHT = _stand("bank", "河岸", 0.0, 0, _BANK_TOLD, night=True, title_en="On the bank")
STEPS_DAY = _stand("steps", "听澜亭前", -34.0, 0, _STEPS_TOLD, night=False, title_en="By the pavilion")
STEPS_NIGHT = _stand("steps", "听澜亭前", -34.0, 0, _STEPS_TOLD, night=True, title_en="By the pavilion")

ALL = ("bank", "bank-night", "steps", "steps-night")
THINGS = (
    Thing(
        "wheel", (-62.0, 50.0, 158.0), ALL, "摩天轮", "Great wheel",
        "三十六个轿厢，转一圈四十分钟。最高处离水面九十多米，天气好能看到入海口。",
        "Thirty-six cabins; one turn takes forty minutes. From the top, on a clear day, you see the river's mouth.",
    ),
    Thing(
        "bridge", (74.0, 14.0, 68.0), ALL, "三孔拱桥", "Bridge of three arches",
        "三道拱，两座墩。拱上的吊杆像琴弦，夜里逐根亮灯，从西往东，一遍一分钟。",
        "Three arches on two piers. Its hangers are like strings; at night they light up one after the other from west to "
        "east, once a minute.",
    ),
    Thing(
        "pavilion", (-26.0, 4.0, -15.0), ALL, "听澜亭", "Pavilion Listening to the Waves",
        "重檐六柱，青瓦金脊。原在码头口，二十年前移到草坡上。",
        "Two roofs on six columns, green tiles and gilded ridges. It once stood at the wharf and was moved to the lawn twenty "
        "years ago.",
    ),
    Thing(
        "rail", (3.8, 1.0, 5.2), ("bank", "bank-night"), "汉白玉栏杆", "Marble balustrade",
        "栏板镂空作云纹，望柱顶是火珠。每隔十三米一盏路灯，灯下的栏板磨得最亮。",
        "Cloud scrolls are cut through its panels, flaming pearls top its posts. Under each lamp, every thirteen metres, the "
        "rail is polished brightest by hands.",
    ),
)  # fmt: skip

WALK = Walk(
    organisation="wharf",
    title="海河两岸昼与夜",
    title_en="The riverside by day and by night",
    summary="同一段河岸，一按之间由昼入夜。风景由代码绘制，专为演示。",
    summary_en="One stretch of the bank, from day to night at a touch. The scenery is drawn by code, to show how it works.",
    stands=(NIGHT, DAY, STEPS_NIGHT, STEPS_DAY),
    things=THINGS,
    ways=(
        Way("bank", "steps", "往听澜亭", "To the pavilion", 6.0),
        Way("steps", "bank", "往河岸", "To the bank", 6.0),
        Way("bank-night", "steps-night", "往听澜亭", "To the pavilion", 6.0),
        Way("steps-night", "bank-night", "往河岸", "To the bank", 6.0),
    ),
    pictures=(
        Shot("cover", NIGHT, (2.0, 12.0, 100.0), 58.0, NIGHT.alt, 52),
        Shot("wheel", NIGHT, (-62.0, 50.0, 158.0), 36.0, "夜里的摩天轮，轮圈泛着蓝光，轿厢一粒粒亮着", 36),
        Shot("bridge", NIGHT, (82.0, 10.0, 78.0), 34.0, "夜里的三孔拱桥，拱圈和吊杆都亮着暖光", 36),
        Shot("pavilion", STEPS_DAY, (-26.0, 4.2, -15.0), 44.0, "草坡上的六角亭，重檐，红柱", 36),
    ),
    plan="河岸平面图，上北下南：下方是草坡和滨水道，听澜亭在西，中间是河，拱桥在东，对岸有摩天轮和高塔。",
    plan_en="Plan of the bank, north above: lawn and promenade below with the pavilion in the west, the river in the middle, "
    "the bridge in the east, wheel and tower on the other bank.",
    route_title="从白天走到晚上",
    route_title_en="From day into night",
    route=(
        Stop("bank", "上午的河岸。摩天轮在左前方，慢慢地转。", "The bank in the morning. Ahead to the left the wheel turns slowly.",
             (-40.0, 25.0, 130.0), 70, 11),
        Stop("bank", "右边的三孔拱桥，是两岸之间最近的路。", "The bridge on the right is the shortest way across.",
             (74.0, 10.0, 68.0), 60, 10),
        Stop("steps", "往西走到听澜亭，坐下来能听见水声。", "Westwards to the pavilion, where one hears the river.",
             (-26.0, 4.0, -15.0), 62, 11),
        Stop("steps-night", "灯亮了。", "The lights go on.", (-26.0, 4.0, -15.0), 62, 8),
        Stop("steps-night", "转过身来，河面接住了对岸所有的光。", "Turn round: the river holds all the light of the other bank.",
             (-55.0, 20.0, 130.0), 70, 12),
        Stop("bank-night", "桥的上方，是月亮。", "Above the bridge, the moon.", (50.0, 40.0, 120.0), 75, 12),
    ),
    ground=(-100.0, -45.0, 200.0, 240.0),
    scene=_scene,
    sketch=_sketch,
)  # fmt: skip
