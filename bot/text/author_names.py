"""Author names: reading arXiv's author strings and writing short author lines."""

import html
import re
from collections.abc import Iterator

from bot.text.tex import accents

_GROUPING = str.maketrans("~", " ", "{}")
_SUFFIX = re.compile(r"(?:Jr|Sr)\.?|I{2,3}|IV")
_BEHALF = re.compile(r"(?:for|on behalf of)\b", re.IGNORECASE)
_GROUP = re.compile(r"\b(?:for the|on behalf of|collaboration|consortium)\b", re.IGNORECASE)
# Without any of these a name in ASCII stands as it is, but for spaces.
_MARKED = re.compile(r"[\\&~{}]")
_WORD = re.compile(r"\w")
# Without any of these a comma always separates, and nothing else does.
_SPECIAL = re.compile(r"[(){}]|\band\b")
_LISTED = re.compile(r"\s+and\s+|^and\s+")
# "Planck and BICEP Collaboration" is one author, "Ada Example and Bo Sample" are two.
_TEAM = re.compile(r"\b(?:Collaboration|Group|Team|Lab|Laboratory|Consortium|Society|Center)s?$")


def name(tex: str) -> str:
    """An author's name with TeX accents and letters in Unicode (NFC) and single spaces.

    Grouping braces and ties (``~``) go, HTML entities are decoded; nothing else changes.
    """
    shown = accents.convert(html.unescape(tex))
    return " ".join(shown.translate(_GROUPING).split())


def split_authors(text: str) -> tuple[str, ...]:
    """The authors of the feed's one string (``dc:creator``), in order, each through ``name``.

    arXiv separates them by ", " and writes affiliations in parentheses, which are left out.
    "(for the X Collaboration)" stays with its author, as does ", Jr.". A comma inside
    parentheses or braces separates nothing; an unmatched parenthesis does not swallow the rest.
    """
    authors: list[str] = []
    bare = text.isascii() and not _MARKED.search(text)
    for part in _parts(text) if _SPECIAL.search(text) else text.split(","):
        shown = " ".join(part.split()) if bare else name(part)
        if not _WORD.search(shown):
            continue
        if authors and _SUFFIX.fullmatch(shown):
            authors[-1] += f", {shown}"
        elif authors and _BEHALF.match(shown):
            authors[-1] += f" ({shown})"
        else:
            authors.append(shown)
    return tuple(authors)


def _parts(text: str) -> Iterator[str]:
    for piece in map(_without_affiliations, _pieces(text)):
        yield from [piece] if _is_one(piece) else _LISTED.split(piece)


def _brackets(text: str) -> dict[int, int]:
    """Position of each matched opening parenthesis or brace -> position of its partner."""
    pairs: dict[int, int] = {}
    waiting: list[int] = []
    for position, each in enumerate(text):
        if each in "({":
            waiting.append(position)
        elif each in ")}" and waiting and text[waiting[-1]] + each in ("()", "{}"):
            pairs[waiting.pop()] = position
    return pairs


def _pieces(text: str) -> Iterator[str]:
    """``text`` between the commas that stand in no matched brackets."""
    pairs = _brackets(text)
    start = position = 0
    while position < len(text):
        if text[position] == ",":
            yield text[start:position].strip()
            start = position + 1
        position = pairs.get(position, position) + 1
    yield text[start:].strip()


def _is_one(part: str) -> bool:
    """Whether an "and" in ``part`` belongs to one author's name, or there is none."""
    first, *others = _LISTED.split(part)
    if not others or "(" in first:
        return True
    team = _TEAM.search(part) and not others[-1].lower().startswith("the ")
    return bool(first) and (bool(team) or len(first.split()) < 2)


def _without_affiliations(part: str) -> str:
    pairs = _brackets(part)
    kept: list[str] = []
    position = 0
    while position < len(part):
        close = pairs.get(position, position) if part[position] == "(" else position
        if close == position or _GROUP.search(part[position:close]):
            kept.append(part[position : close + 1])
        position = close + 1
    return "".join(kept)
