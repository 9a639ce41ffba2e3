"""Fitting text into Discord's limits without breaking a character.

Discord's documentation says "characters"; its clients count UTF-16 code units and its servers
code points. Everything here counts UTF-16 code units, the larger number, so that a text that
fits here fits by either count.
"""

from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate

import regex

_GRAPHEME = regex.compile(r"\X")
_BIDI_CONTROLS = regex.compile("[\u202a-\u202e\u2066-\u2069]")
_RIGHT_TO_LEFT = regex.compile(r"[\p{bc=R}\p{bc=AL}]")
_LINE = regex.compile(r"[^\n]+")
_BREAKS = regex.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = regex.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_HALF_CHARACTER = regex.compile("[\ud800-\udfff]")  # no UTF-8 for these
# Living scripts pile up to five marks on a letter (Hebrew, Tibetan, Vietnamese in NFD: fewer).
_PILE = regex.compile(r"(\p{M}{6})\p{M}+")
_DANGLING = frozenset(",;:([{-–—/&")


def length(text: str) -> int:
    """UTF-16 code units: what ``cut`` and all limits here are measured in."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, limit: int, ellipsis: str = "…") -> str:
    """``text`` if it has at most ``limit`` units, else its beginning and ``ellipsis``.

    Ends at a grapheme boundary: no half emoji, no letter without its accents. Prefers the end
    of a word when one is in the last third, and drops an opening bracket, comma or dash before
    the ellipsis. Never ends in a lone backslash, so that what was escaped before stays harmless;
    still, cut first and escape then (``escape_to``). "" when not even the ellipsis fits.
    """
    return text if length(text) <= limit else cuts(text, limit, ellipsis)(limit)


def cuts(text: str, max_units: int, ellipsis: str = "…") -> Callable[[int], str]:
    """``cut`` for every limit up to ``max_units``; the graphemes are looked for only once."""
    # The last of these may be half a grapheme, but that one is too long in any case.
    graphemes = _GRAPHEME.findall(text[: max(0, max_units) + 1])
    ends = list(accumulate(map(length, graphemes)))
    spaces = [place for place, grapheme in enumerate(graphemes) if grapheme[0].isspace()]
    whole, taken = length(text), length(ellipsis)

    def to(limit: int) -> str:
        if whole <= limit:
            return text
        if limit < taken:
            return ""
        kept = bisect_right(ends, limit - taken)
        before = bisect_right(spaces, kept)
        word_end = spaces[before - 1] if before else 0
        if word_end * 3 >= kept * 2:
            kept = word_end
        return _trimmed(graphemes[:kept]) + ellipsis

    return to


def _trimmed(graphemes: list[str]) -> str:
    while graphemes and (graphemes[-1].isspace() or graphemes[-1] in _DANGLING):
        graphemes.pop()
    text = "".join(graphemes)
    while (len(text) - len(text.rstrip("\\"))) % 2:
        graphemes.pop()
        text = "".join(graphemes)
    return text


def calm(text: str) -> str:
    """``text`` without what would disturb the text around it, otherwise as it shows.

    Bidirectional controls go, since an unclosed override turns around what follows; a line with
    right-to-left letters is isolated instead (``isolate``). More than six marks piled on one
    letter go, as do control characters; every kind of line break becomes a newline, half a
    surrogate pair the replacement character.
    """
    text = _HALF_CHARACTER.sub("\ufffd", text)
    text = _CONTROLS.sub("", _BREAKS.sub("\n", text))
    return _PILE.sub(r"\1", _BIDI_CONTROLS.sub("", text))


def isolate(text: str) -> str:
    """Each line that has right-to-left letters between FSI and PDI (Unicode UAX 9)."""
    if not _RIGHT_TO_LEFT.search(text):
        return text
    return _LINE.sub(_isolated, text)


def _isolated(line: regex.Match[str]) -> str:
    text: str = line[0]
    return f"\u2068{text}\u2069" if _RIGHT_TO_LEFT.search(text) else text


def label(text: str, limit: int, ellipsis: str = "…") -> str:
    """One line of at most ``limit`` units for places without Markdown.

    Such are button labels, select options, autocomplete choices and modal titles: calmed,
    isolated, not escaped.
    """
    line = " ".join(calm(text).split())
    whole = isolate(cut(line, limit, ellipsis))
    return whole if length(whole) <= limit else isolate(cut(line, limit - 2, ellipsis))
