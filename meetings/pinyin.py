"""Chinese names in the order people expect. Stored, because no database here sorts Chinese by itself."""

import re
from functools import lru_cache

# Characters read differently when they are a surname.
SURNAME_READINGS = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "任": "ren", "盖": "ge",
    "华": "hua", "朴": "piao", "翟": "zhai", "尉": "wei", "乐": "yue", "员": "yun", "秘": "bi", "冼": "xian",
    "折": "she", "缪": "miao", "宓": "mi", "种": "chong", "黑": "he", "召": "shao", "覃": "qin",
    "燕": "yan", "宁": "ning", "繁": "po", "那": "na", "隗": "wei", "逄": "pang", "臧": "zang", "晁": "chao",
}  # fmt: skip
COMPOUND_SURNAMES = {
    "尉迟": "yu chi",
    "万俟": "mo qi",
    "长孙": "zhang sun",
    "单于": "chan yu",
    "澹台": "tan tai",
}


@lru_cache(maxsize=20_000)
def name_key(name: str) -> str:
    """A key that sorts names by pinyin and then by the characters themselves: ``shan xiao hua|单晓华``."""
    return f"{' '.join(_syllables(name))}|{name}"[:200]


def initials(name: str) -> str:
    """First letters, for searching: 单晓华 → ``sxh``."""
    return "".join(syllable[:1] for syllable in _syllables(name))


def syllables_joined(name: str) -> str:
    """Letters a to z only, for a name to sign in with: 沈玉芳 → ``shenyufang``."""
    return re.sub(r"[^a-z]", "", "".join(_syllables(name)).lower())[:40]


def _syllables(name: str) -> list[str]:
    # Its book of phrases takes a quarter of a second and 58 MB; most processes never ask how a name is read.
    from pypinyin import Style, lazy_pinyin

    syllables = lazy_pinyin(name, style=Style.NORMAL, errors="default")
    if name[:2] in COMPOUND_SURNAMES:
        return [*COMPOUND_SURNAMES[name[:2]].split(), *syllables[2:]]
    if name[:1] in SURNAME_READINGS:
        return [SURNAME_READINGS[name[0]], *syllables[1:]]
    return syllables
