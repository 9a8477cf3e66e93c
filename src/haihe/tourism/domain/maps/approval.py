"""Map approval numbers 审图号: their form, and how far they reach.

地图管理条例 (2015), articles 15 to 19: the ministry reviews maps of the world and of the country, a province
those of its own ground. Forms in public use: GS(2020)4619号 by the ministry, GS京(2022)1061号 by a province for the
ministry, 津S(2024)012号 by a province, 粤AS(2021)003号 by one of its cities.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from haihe.tourism.domain.maps.refusing import MapRefused

PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
FIRST_YEAR = 2000
LONGEST = 60  # letters that are looked at
_FORM = re.compile(rf"(?:(GS)([{PROVINCES}]?)|([{PROVINCES}])([A-Z]?)S)\((\d{{4}})\)(?:第)?(\d{{1,6}})号")
_BRACKETS = str.maketrans("[]【】〔〕{}", "()()()()")


@dataclass(frozen=True)
class Approval:
    """A number in its usual form. national: by or for the ministry, so that it may cover the country or more."""

    number: str
    national: bool
    year: int


def read_approval(text: str, *, today: date) -> Approval:
    """The number as people write it: any brackets, full-width letters, with or without 审图号 before it.

    Raises MapRefused: approval_malformed, approval_year.
    """
    asked = unicodedata.normalize("NFKC", text[:LONGEST]).translate(_BRACKETS).upper()
    asked = re.sub(r"^审图号[::]?", "", re.sub(r"\s+", "", asked))
    found = _FORM.fullmatch(asked)
    if found is None:
        raise MapRefused("approval_malformed", number=text[:LONGEST])
    ministry, helper, province, city, year, number = found.groups()
    if not FIRST_YEAR <= int(year) <= today.year:
        raise MapRefused("approval_year", number=text[:LONGEST], year=year)
    issuer = f"GS{helper}" if ministry else f"{province}{city}S"
    return Approval(f"{issuer}({year}){number}号", bool(ministry), int(year))
