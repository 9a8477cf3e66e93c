"""Public addresses and languages: the first configured language (Chinese) at `/`, the other the same under `/en/`."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import get_language

DEFAULT: str = settings.LANGUAGE_CODE
PREFIXES: dict[str, str] = {code: "" if code == DEFAULT else f"/{code}" for code, _name in settings.LANGUAGES}
TRADITIONAL = "zh-hant"
# Traditional characters are made out of the simplified page when somebody asks.
FURTHER_PREFIXES: tuple[str, ...] = (f"/{TRADITIONAL}",) if DEFAULT == "zh-hans" else ()
NAMES = {"zh-hans": "中文", TRADITIONAL: "繁體", "en": "English"}


def html_lang(language: str) -> str:
    """BCP 47 tag as pages and feeds write it: "zh-hans" -> "zh-Hans", "en" -> "en"."""
    head, _, rest = (language or DEFAULT).replace("_", "-").partition("-")
    parts = [
        part.title() if len(part) == 4 else part.upper() if len(part) == 2 else part for part in rest.split("-") if part
    ]
    return "-".join([head.lower(), *parts])


def interface_language() -> str:
    """The active interface language, one of PREFIXES."""
    active = (get_language() or DEFAULT).lower()
    return active if active in PREFIXES else DEFAULT


def every_prefix() -> dict[str, str]:
    """Prefixes of all languages and scripts in which a page stands, the converted ones last."""
    return PREFIXES | {prefix[1:]: prefix for prefix in FURTHER_PREFIXES}


def same_words(one: str, other: str) -> bool:
    """Whether two of `every_prefix` show the same text, in the same or in other characters."""
    converted = (DEFAULT, *(prefix[1:] for prefix in FURTHER_PREFIXES))
    return one == other or (one in converted and other in converted)


def public_path(path: str, language: str | None = None) -> str:
    """`path` (as the default language has it, "/section/x/") in `language`, by default the active one."""
    return PREFIXES.get(language or interface_language(), "") + path


def split_path(path: str) -> tuple[str, str]:
    """("en", "/section/x/") of "/en/section/x/": an address's language, and the same in the default one."""
    for language, prefix in PREFIXES.items():
        if prefix and (path == prefix or path.startswith(prefix + "/")):
            return language, path[len(prefix) :] or "/"
    return DEFAULT, path


def absolute(path: str) -> str:
    """The whole address of a path of ours, by the operator's `public_url`; other addresses stay as they are."""
    return settings.WAGTAILADMIN_BASE_URL.rstrip("/") + path if path.startswith("/") else path
