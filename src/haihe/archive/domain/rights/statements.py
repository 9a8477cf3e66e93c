"""The statements of rightsstatements.org and the licences of Creative Commons: addresses, names, reuse.

Sources: rightsstatements.org/page/1.0 (twelve statements), creativecommons.org/licenses and /publicdomain.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Statement:
    """One statement or licence.

    uri     its address, as the publisher writes it: http for rightsstatements.org, https for Creative Commons
    reuse   whether it lets everybody take the work away and use it again, on its own conditions
    """

    uri: str
    code: str
    name: str
    name_zh: str
    reuse: bool = False


def _of_rights(code: str, name: str, name_zh: str) -> Statement:
    return Statement(f"http://rightsstatements.org/vocab/{code}/1.0/", code, name, name_zh)


def _of_commons(path: str, code: str, name: str, name_zh: str) -> Statement:
    return Statement(f"https://creativecommons.org/{path}/", code, name, name_zh, reuse=True)


STATEMENTS: dict[str, Statement] = {
    one.uri: one
    for one in (
        _of_rights("InC", "In Copyright", "受版权保护"),
        _of_rights("InC-OW-EU", "In Copyright – EU Orphan Work", "受版权保护:欧盟孤儿作品"),
        _of_rights("InC-EDU", "In Copyright – Educational Use Permitted", "受版权保护:允许教育使用"),
        _of_rights("InC-NC", "In Copyright – Non-Commercial Use Permitted", "受版权保护:允许非商业使用"),
        _of_rights(
            "InC-RUU",
            "In Copyright – Rights-holder(s) Unlocatable or Unidentifiable",
            "受版权保护:权利人无法确认或联系",
        ),
        _of_rights("NoC-CR", "No Copyright – Contractual Restrictions", "无版权:有合同限制"),
        _of_rights("NoC-NC", "No Copyright – Non-Commercial Use Only", "无版权:仅限非商业使用"),
        _of_rights("NoC-OKLR", "No Copyright – Other Known Legal Restrictions", "无版权:有其他已知法律限制"),
        _of_rights("NoC-US", "No Copyright – United States", "无版权:美国"),
        _of_rights("CNE", "Copyright Not Evaluated", "版权未评估"),
        _of_rights("UND", "Copyright Undetermined", "版权状况不明"),
        _of_rights("NKC", "No Known Copyright", "无已知版权"),
        _of_commons("publicdomain/zero/1.0", "CC0", "CC0 1.0 Public Domain Dedication", "CC0 1.0 公有领域贡献"),
        _of_commons("publicdomain/mark/1.0", "PDM", "Public Domain Mark 1.0", "公有领域标志 1.0"),
        _of_commons("licenses/by/4.0", "CC BY", "Attribution 4.0", "署名 4.0"),
        _of_commons("licenses/by-sa/4.0", "CC BY-SA", "Attribution-ShareAlike 4.0", "署名—相同方式共享 4.0"),
        _of_commons("licenses/by-nc/4.0", "CC BY-NC", "Attribution-NonCommercial 4.0", "署名—非商业性使用 4.0"),
        _of_commons("licenses/by-nd/4.0", "CC BY-ND", "Attribution-NoDerivatives 4.0", "署名—禁止演绎 4.0"),
        _of_commons(
            "licenses/by-nc-sa/4.0",
            "CC BY-NC-SA",
            "Attribution-NonCommercial-ShareAlike 4.0",
            "署名—非商业性使用—相同方式共享 4.0",
        ),
        _of_commons(
            "licenses/by-nc-nd/4.0",
            "CC BY-NC-ND",
            "Attribution-NonCommercial-NoDerivatives 4.0",
            "署名—非商业性使用—禁止演绎 4.0",
        ),
    )
}


def statement(uri: str) -> Statement | None:
    """The statement of an address, however its scheme and last slash are written; None for any other address."""
    bare = uri.strip().removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
    bare = bare.replace("rightsstatements.org/page/", "rightsstatements.org/vocab/")
    return _BARE.get(bare)


_BARE = {one.uri.split("://", 1)[1].rstrip("/"): one for one in STATEMENTS.values()}
