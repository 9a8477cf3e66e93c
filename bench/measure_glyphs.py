"""Measures which common characters look alike, on glyphs of Noto Sans SC (SIL OFL 1.1) as the front end ships it.

Prints what stands in spelling/data/shapes.tsv: a character, a tab, its look-alikes, the likest first.

Two characters look alike where their blurred images, or the images of their right or lower parts, correlate. PAIRS adds
what a person knows and a correlation of images does not.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy.ndimage import gaussian_filter

from forecast_data import Floats
from haihe.newsroom.domain.proofreading.spelling.sounds import common

FONTS = Path(__file__).resolve().parents[1] / "src/haihe/base/web/static/haihe/built/assets"
SIZE, WIDE, HIGH = 32, 40, 46  # pixels
WHOLE, PART = 0.84, 0.94  # least correlation
MOST = 12
PAIRS = """
辛幸 土士 买卖 大太 大夫 干千 午牛 日曰 己已 末未 人入 天夫 力刀 刀刃 又叉 今令 免兔 乌鸟 拔拨 侯候 即既 竟竞 徒徙 住往
部陪 折拆 析折 析拆 戴载 载栽 裁载 历厉 励厉 辩辨 辩辫 辨瓣 练炼 暑署 幕墓 幕慕 募幕 墓募 密蜜 博搏 博膊 蓝篮 带戴 坐座
门们 问门 间问 间闷 体休 体本 气汽 心必 主住 住注 注往 古故 完玩 元完 园圆 师帅 市布 市币 白百 自白 目自 贝见 见现 由田
甲由 申由 处外 代伐 式试 识织 职织 职识 象像 传转 专传 专转 没设 恨很 根很 跟根 限很 眼很 张长 帐账 仗杖 扬杨 场扬 汤场
汗汁 江汪 订钉 订计 记计 计汁 纪记 风凤 用甩 巾市 办为 办力 边力 穷究 空穷 去云 兴关 关美 着看 喝渴 揭喝 渴揭 吃吹 吹饮
饮饭 饭反 服报 帮邦 妈吗 码吗 马吗 骂马 让上 认让 远近 进近 还远 近还 进还 过达 这达 达远 这还 每母 海每 悔梅 经轻 径经
劲轻 哀衷 衷衰 哀衰 崇祟 粟栗 荼茶 冶治 沾粘 燥躁 噪操 燥操 噪燥 躁噪 拦栏 烂拦 棵颗 副幅 福幅 辐幅 陪赔 培陪 倍陪 赢羸
盲肓 茸葺 弛驰 竣峻 俊竣 骏俊 瞻赡 掺搀 针钟 钟种 钱线 浅线 践线 洒酒 免勉 彻切 众从 产厂 广厂
"""


def main() -> None:
    glyphs = _glyphs()
    characters = list(glyphs)
    images = np.stack([gaussian_filter(glyphs[one], 1.0) for one in characters])
    likest: dict[str, dict[str, float]] = {one: {} for one in characters}
    for part, least, loss in ((images, WHOLE, 0.0), (images[:, :, 20:], PART, 0.1), (images[:, 22:, :], PART, 0.1)):
        alike = _correlation(part)
        for row, one in enumerate(characters):
            for column in np.argsort(-alike[row])[1:9]:
                other, much = characters[column], float(alike[row, column])
                if much >= least and other != one:
                    likest[one][other] = max(likest[one].get(other, 0.0), much - loss)
    for one, others in likest.items():
        chosen = sorted(others, key=lambda other: -others[other])[:MOST]
        known = [b for a, b in (pair for word in PAIRS.split() for pair in (word, word[::-1])) if a == one]
        listed = dict.fromkeys([*chosen, *known])
        if listed:
            print(one, "".join(listed), sep="\t")


def _glyphs() -> dict[str, Floats]:
    """The image of every common character: the fonts come in slices of the character set."""
    found: dict[str, Floats] = {}
    for file in sorted(FONTS.glob("noto-sans-sc-*-wght*.woff2")):
        font = ImageFont.truetype(str(file), SIZE)
        font.set_variation_by_axes([350])
        missing = _image(font, "\uffff")
        for one in common():
            image = _image(font, one)
            if one not in found and image.any() and not np.array_equal(image, missing):
                found[one] = image
    return found


def _image(font: ImageFont.FreeTypeFont, character: str) -> Floats:
    sheet = Image.new("L", (WIDE, HIGH))
    ImageDraw.Draw(sheet).text((4, -2), character, font=font, fill=255)
    return np.asarray(sheet, dtype=np.float64)


def _correlation(images: Floats) -> Floats:
    flat = images.reshape(len(images), -1)
    flat = flat - flat.mean(1, keepdims=True)
    flat /= np.linalg.norm(flat, axis=1, keepdims=True) + 1e-6
    return flat @ flat.T


if __name__ == "__main__":
    main()
