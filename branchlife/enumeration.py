"""Several words in one line: 张三、李四 in Chinese, "theme day, lecture" in English."""

from collections.abc import Iterable

from django.utils.translation import gettext as _


def enumerated(words: Iterable[object]) -> str:
    return _(", ").join(str(word) for word in words)
