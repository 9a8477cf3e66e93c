"""Which language a text is in, as far as its script and its small words tell."""

from __future__ import annotations

import re

_HAN = re.compile(r"[\u3400-\u9fff]+")
_KANA = re.compile(r"[\u3040-\u30ff]+")
_HANGUL = re.compile(r"[\uac00-\ud7af]+")
_SCRIPTS = {
    "ru": re.compile(r"[\u0400-\u04ff]+"),
    "ar": re.compile(r"[\u0600-\u06ff]+"),
    "he": re.compile(r"[\u0590-\u05ff]+"),
    "th": re.compile(r"[\u0e00-\u0e7f]+"),
    "el": re.compile(r"[\u0370-\u03ff]+"),
    "hi": re.compile(r"[\u0900-\u097f]+"),
}
_SMALL_WORDS = {
    "en": "the of and to in that is was for with are this from have has been were which their will about more also "
    "when they would there these into than other after said could should over such through during before between while",
    "de": "der die das und ist nicht mit von den auf für eine ein auch dem sich wird werden wurde nach bei einer aus",
    "fr": "le la les des et est dans une pour que qui sur avec pas plus par sont cette ses aux été leur mais nous",
    "es": "el los las del y que en una por con para es se su como más pero fue este sus entre está han",
    "it": "il di che e la per una sono con non del della nel gli alla più anche come dei delle questo ha",
    "pt": "o os que e do da em uma para com não dos das mais por foi como ao pelo pela são também",
    "nl": "de het een van en is dat op te voor met zijn niet aan door ook bij naar worden maar deze heeft",
}  # fmt: skip
_WORDS = {language: frozenset(words.split()) for language, words in _SMALL_WORDS.items()}
FUNCTION_WORDS = frozenset(word for words in _WORDS.values() for word in words)
_LETTERS = re.compile(r"[^\W\d_]+")
_LOOKED_AT = 600
_LEAST_WORDS, _LEAST_SHARE, _AHEAD = 8, 0.12, 1.5


def language_of(text: str) -> str:
    """ "zh", "ja", "ko", "ru", "ar" … by the share of their characters, European ones by their most frequent words;
    empty where neither tells."""
    sample = text[:_LOOKED_AT]
    letters = sum(map(str.isalpha, sample))
    if not letters:
        return ""
    if _count(_KANA, sample) * 10 > letters:
        return "ja"
    if _count(_HANGUL, sample) * 5 > letters:
        return "ko"
    if _count(_HAN, sample) * 5 > letters:
        return "zh"
    for language, script in _SCRIPTS.items():
        if _count(script, sample) * 2 > letters:
            return language
    return _by_words(sample)


def _count(script: re.Pattern[str], sample: str) -> int:
    return sum(map(len, script.findall(sample)))


def _by_words(sample: str) -> str:
    words = _LETTERS.findall(sample.lower())
    if len(words) < _LEAST_WORDS:
        return ""
    counted = sorted(((sum(word in known for word in words), name) for name, known in _WORDS.items()), reverse=True)
    (most, language), (next_most, _) = counted[0], counted[1]
    return language if most >= _LEAST_SHARE * len(words) and most >= _AHEAD * next_most else ""
