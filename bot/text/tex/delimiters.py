"""Where braces and math begin and end, in prose whose author may have forgotten one."""

import re
from typing import NamedTuple

# Each alternative begins with a character spelled out, so that ``re`` leaps over all others.
_MARK = re.compile(r"\\\\|\\[()\[\]]|\\[\s\S]|\$\$?|\{|\}")
_PARAGRAPH = "\n\n"
_CLOSES = {"\\)": "\\(", "\\]": "\\["}
# Commands and words that do not tell prose from math.
_NOT_PROSE = re.compile(r"\\(?:text\w*|mbox|mathrm|operatorname)\s*\{[^{}]*\}|\\[A-Za-z]+")
_LONG_WORD = re.compile(r"(?<![^\s,;.(])[A-Za-z]{3,}(?![^\s,;.:)])")
_MATH_WORDS = "arg cos deg det dim exp gcd inf ker lim log max min mod sin sup tan"


class Delimiters(NamedTuple):
    """``braces``: position of a matched ``{`` -> position of its ``}``.

    ``math``: position of an opening delimiter -> (content start, content end, end of the closing
    delimiter). What stands in neither is to be read literally.
    """

    braces: dict[int, int]
    math: dict[int, tuple[int, int, int]]


def paired(text: str) -> Delimiters:
    """Pairs braces and math delimiters in one pass each; unmatched ones are left out."""
    braces = _braces(text)
    return Delimiters(braces, _math(text, braces))


def _braces(text: str) -> dict[int, int]:
    pairs: dict[int, int] = {}
    waiting: list[int] = []
    for mark in _MARK.finditer(text):
        if mark[0] == "{":
            waiting.append(mark.start())
        elif mark[0] == "}" and waiting:
            pairs[waiting.pop()] = mark.start()
    return pairs


def _math(text: str, braces: dict[int, int]) -> dict[int, tuple[int, int, int]]:
    ends = set(braces.values())
    groups = [-1]
    opened: dict[tuple[int, str], int] = {}
    pairs: dict[int, tuple[int, int, int]] = {}
    for start, mark in _delimiters(text):
        if start in braces:
            groups.append(start)
        elif start in ends:
            groups.pop()
        elif mark in ("\\(", "\\["):
            opened[groups[-1], mark] = start
        elif mark in _CLOSES or mark[0] == "$":
            key = (groups[-1], _CLOSES.get(mark, mark))
            begin = opened.pop(key, None)
            if begin is not None and is_math(text, begin + len(mark), start, mark):
                pairs[begin] = (begin + len(mark), start, start + len(mark))
            elif mark not in _CLOSES:
                opened[key] = start
    return pairs


def _delimiters(text: str) -> list[tuple[int, str]]:
    """Braces and math delimiters with their positions; ``$x$$y$`` as four single dollars."""
    marks: list[tuple[int, str]] = []
    inline = False
    for match in _MARK.finditer(text):
        mark, start = match[0], match.start()
        if mark == "$$" and inline:
            marks += [(start, "$"), (start + 1, "$")]
        elif mark in ("{", "}", "$$", "$") or mark[1:] in ("(", ")", "[", "]"):
            marks.append((start, mark))
            inline ^= mark == "$"
    return marks


def is_math(text: str, start: int, end: int, mark: str) -> bool:
    """Whether ``text[start:end]`` between two equal delimiters is math rather than prose.

    Between dollars it may be the prose between two prices, or between two dollar signs of
    which one is stray. ``$5 and $10`` is money, ``$5$`` and ``$10 \\times 2$`` are math.
    """
    content = text[start:end]
    if not content.strip() or _PARAGRAPH in content:
        return False
    if mark != "$":
        return True
    words = _LONG_WORD.findall(_NOT_PROSE.sub(" ", content))
    prose = bool(set(words).difference(_MATH_WORDS.split()))
    snug = not content[0].isspace() and not content[-1].isspace()
    follows = text[end + 1 : end + 2]
    if content.lstrip()[0].isdigit():
        tex = any(sign in content for sign in "\\^_")
        return (tex and snug) or (snug and not prose and not follows.isdigit())
    joined = follows.isalnum() or text[max(start - 2, 0) : start - 1].isalnum()
    return not prose or (snug and not joined)
