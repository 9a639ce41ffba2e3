"""Author names: reading arXiv's author strings and writing short author lines."""

import html
import re
from collections.abc import Iterator, Sequence

from bot.text.tex import accents

_GROUPING = str.maketrans("~", " ", "{}")
_SUFFIX = re.compile(r"(?:Jr|Sr)\.?|I{2,3}|IV")
_BEHALF = re.compile(r"(?:for|on behalf of)\b", re.IGNORECASE)
_GROUP = re.compile(r"\b(?:for the|on behalf of|collaboration|consortium)\b", re.IGNORECASE)
_NOBODY = re.compile(r"(?:^|\s)et\.?\s+al\b\.?(?=$|\s\()|^others$|\s*;$", re.IGNORECASE)
# arXiv's parser puts a space behind each dot, and so into J.-P.; other doors send names as typed.
_INITIALS = re.compile(r"\.(?=[^\W\d_])")
_HYPHEN = re.compile(r"\. -(?=\w)")
# Without any of these a name in ASCII stands as it is, but for spaces and initials.
_MARKED = re.compile(r"[\\&~{}]")
_WORD = re.compile(r"\w")
# Without any of these a comma always separates, and nothing else does.
_SPECIAL = re.compile(r"[(){}:&]|\band\b")
_BETWEEN = re.compile(r"[,:]")
# From the first of several spaces only: from each of them it would take quadratic time.
_AND = re.compile(r"(?:^|(?<![\s~])[\s~]+)(?:(?:and|&|&amp;)[\s~]+)+|(?<![\s~])[\s~]+and\s*$")
_TEAM = re.compile(r"\b(?:Collaboration|Group|Team|Lab|Laboratory|Consortium|Society|Center)s?$")
_INITIAL = re.compile(r"\b\w\.")
_LONG_NAME = 100


def name(tex: str) -> str:
    """An author's name with TeX accents and letters in Unicode (NFC) and single spaces.

    Grouping braces and ties (``~``) go, HTML entities are decoded, and initials are spaced as in
    "J.-P. E. Example"; nothing else changes.
    """
    shown = accents.convert(html.unescape(tex))
    return _spaced(shown.translate(_GROUPING))


def _spaced(shown: str) -> str:
    shown = " ".join(_INITIALS.sub(". ", shown).split())
    return _HYPHEN.sub(".-", shown)


def split_authors(text: str) -> tuple[str, ...]:
    """The authors of arXiv's one string, in order, each through ``name``: the same people whether
    it comes from the feed (``dc:creator``), a page or OAI-PMH.

    The rules are those of arXiv's own parser (arxiv-base, ``arxiv.authors``): commas, colons,
    "and" and "&" separate, affiliations in parentheses are left out, "et al" is nobody, and ", Jr."
    belongs to the name before it. Other than there, "(for the X Collaboration)" stays with its
    author, "Planck and BICEP2 Collaborations" is one, a nickname in parentheses does not cut a name
    in two, and what stands in braces is whole. An unmatched parenthesis does not swallow the rest.
    """
    authors: list[str] = []
    bare = text.isascii() and not _MARKED.search(text)
    for part in _parts(text) if _SPECIAL.search(text) else text.split(","):
        shown = _spaced(part) if bare else name(part)
        shown = _NOBODY.sub("", shown)
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
    for piece in _split(text, _BETWEEN):
        for named in _without_affiliations(piece):
            people = [person for person in _split(named, _AND) if person]
            yield from [" and ".join(people)] if _is_one(people) else people


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


def _split(text: str, separator: re.Pattern[str]) -> list[str]:
    """``text`` between the separators that stand in no matched brackets."""
    pairs = _brackets(text)
    bracketed = 0  # up to here
    parts: list[str] = []
    start = position = 0
    opening = iter(sorted(pairs))
    opened = next(opening, None)
    for match in separator.finditer(text):
        while opened is not None and opened < match.start():
            bracketed = max(bracketed, pairs[opened])
            opened = next(opening, None)
        position = match.start()
        if position >= bracketed:
            parts.append(text[start:position].strip())
            start = match.end()
    return [*parts, text[start:].strip()]


def _is_one(people: Sequence[str]) -> bool:
    """Whether what "and" separates is one team, as in "Planck and BICEP2 Collaborations": people
    have more than one name, or an initial."""
    *others, last = people or [""]
    return (
        bool(others)
        and _TEAM.search(last) is not None
        and not last.lower().startswith("the ")
        and all(" " not in other and not _INITIAL.search(other) for other in others)
    )


def _without_affiliations(part: str) -> list[str]:
    """The names in ``part``: several where whole names stand around an affiliation."""
    pairs = _brackets(part)
    names: list[str] = []
    kept: list[str] = []
    position = 0
    while position < len(part):
        close = pairs.get(position, position) if part[position] == "(" else position
        if close == position or _GROUP.search(part[position:close]):
            kept.append(part[position : close + 1])
        elif _is_name("".join(kept[-_LONG_NAME:])) and _is_name(_next_name(part, close + 1)):
            names.append("".join(kept))
            kept = []
        position = close + 1
    return [*names, "".join(kept)]


def _next_name(part: str, position: int) -> str:
    return part[position : position + _LONG_NAME].partition("(")[0]


def _is_name(text: str) -> bool:
    return len(text.split()) > 1
