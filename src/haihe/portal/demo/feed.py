"""The demonstration's own feed: an Atom document as a museum and a bureau would publish it."""

from __future__ import annotations

from datetime import datetime, timedelta
from xml.sax.saxutils import escape

ENTRIES = {
    "scanning": (
        "关于启动馆藏文物高精度数字化采集工作的通知",
        "museum",
        "为落实文化数字化要求，我馆自本月起启动馆藏文物高精度数字化采集工作，计划三年完成一万二千件（套），其中三维建模三千件。"
        "首批对象为石刻与彩塑四十八件。采集工序包括状态记录、结构光扫描、多光谱拍摄与色彩校正；单件（坐像，高约一米）平均用时六个半小时。"
        "原始数据保存三份，分置两地，每年进行一次全量校验。",
    ),
    "scanning-en": (
        "Notice: high-accuracy capture of the collections begins",
        "museum",
        "The museum will capture twelve thousand objects within three years, three thousand of them as 3D models. "
        "The first group consists of forty-eight stone carvings and painted clay figures. Each object passes through "
        "condition report, structured light, multispectral photography and colour correction.",
    ),
    "data": (
        "《海河市文化数据接口规范（试行）》发布",
        "bureau",
        "即日起开放场馆（214 处）、活动（每日更新）、馆藏（12,486 件）、客流（37 处，每十五分钟）四类数据接口。"
        "凡公布数据须注明采集主体与采集时间；修改须保留旧值；对外公布的数字须可追溯算法。少于十人的时段不予公布。",
    ),
    "wintering": (
        "冬季开放时间调整公告",
        "museum",
        "自下月一日起，我馆开放时间调整为九时至十六时三十分，十六时停止入馆。周一闭馆（法定节假日除外）。",
    ),
    "volunteers": (
        "招募讲解志愿者二十名",
        "museum",
        "面向社会招募周末讲解志愿者二十名，要求普通话标准、每月服务不少于八小时。入选者将接受四十课时培训。",
    ),
}


def atom(organisation: str, name: str, now: datetime) -> bytes:
    """The feed of one organisation (its slug), its entries an hour apart before `now`."""
    entries = [
        f"<entry><id>urn:haihe:demo:{key}</id><title>{escape(title)}</title>"
        f"<link href='https://{organisation}.haihe.example/notice/{key}'/><author><name>{escape(name)}</name></author>"
        f"<updated>{now - timedelta(hours=10 + n):%Y-%m-%dT%H:%M:%SZ}</updated>"
        f"<published>{now - timedelta(hours=10 + n):%Y-%m-%dT%H:%M:%SZ}</published>"
        f"<content type='html'>{escape(f'<p>{escape(text)}</p>')}</content></entry>"
        for n, (key, (title, owner, text)) in enumerate(ENTRIES.items())
        if owner == organisation
    ]
    return (
        "<?xml version='1.0' encoding='utf-8'?><feed xmlns='http://www.w3.org/2005/Atom' xml:lang='zh-Hans'>"
        f"<id>urn:haihe:demo:{organisation}</id><title>{escape(name)}</title>"
        f"<updated>{now:%Y-%m-%dT%H:%M:%SZ}</updated>{''.join(entries)}</feed>"
    ).encode()
