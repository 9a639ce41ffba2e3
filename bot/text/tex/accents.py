"""TeX accents and special letters, the part of TeX that stands in people's names."""

import re
import unicodedata

# TeX accent command -> combining character (The TeXbook, chapter 9 and appendix F, and the
# math accents of LaTeX). One-character keys work in text, the longer ones are math accents.
MARKS = {
    "'": "\u0301",
    "`": "\u0300",
    "^": "\u0302",
    '"': "\u0308",
    "~": "\u0303",
    "=": "\u0304",
    ".": "\u0307",
    "c": "\u0327",
    "v": "\u030c",
    "u": "\u0306",
    "H": "\u030b",
    "k": "\u0328",
    "r": "\u030a",
    "d": "\u0323",
    "b": "\u0331",
    "t": "\u0361",
    "acute": "\u0301",
    "grave": "\u0300",
    "hat": "\u0302",
    "widehat": "\u0302",
    "tilde": "\u0303",
    "widetilde": "\u0303",
    "ddot": "\u0308",
    "bar": "\u0304",
    "overline": "\u0304",
    "underline": "\u0332",
    "dot": "\u0307",
    "check": "\u030c",
    "breve": "\u0306",
    "mathring": "\u030a",
    "vec": "\u20d7",
}

# Commands that stand for one letter; TeX eats the space after them.
LETTERS = {
    "ss": "ß",
    "ae": "æ",
    "AE": "Æ",
    "oe": "œ",
    "OE": "Œ",
    "aa": "å",
    "AA": "Å",
    "o": "ø",
    "O": "Ø",
    "l": "ł",
    "L": "Ł",
    "i": "ı",
    "j": "ȷ",
    "dh": "ð",
    "DH": "Ð",
    "dj": "đ",
    "DJ": "Đ",
    "th": "þ",
    "TH": "Þ",
    "ng": "ŋ",
    "NG": "Ŋ",
}

_BELOW = "\u0327\u0328\u0323\u0331\u0332"
_DOTLESS = str.maketrans("ıȷ", "ij")
_ACCENT = re.compile(
    r"\\(?P<mark>['`^\"~=.]|[cvuHkrdbt](?![A-Za-z]))\s*"
    r"(?:\{\s*(?P<braced>\\[ij]|\w)\s*\}|(?P<bare>\\[ij](?![A-Za-z])|\w))"
)
_LETTER = re.compile(
    r"\\(?P<letter>" + "|".join(LETTERS) + r")(?![A-Za-z])(?:\{\}|\s+(?=\w)|\\(?=\s))?"
)
_LONE = re.compile(r"\{([^\W\d_a-zA-Z])\}")


def accented(command: str, base: str) -> str:
    """``base`` with the accent of a key of MARKS on its first character, composed (NFC)."""
    mark = MARKS[command]
    head = base[:1] if mark in _BELOW else base[:1].translate(_DOTLESS)
    return unicodedata.normalize("NFC", head + mark + base[1:])


def composes(command: str, base: str) -> bool:
    """Whether Unicode has one character for this accent on the one character ``base``.

    A bare ``\\"`` counts on vowels only: before another letter it is mostly an escaped quote.
    """
    if command == '"' and base not in "aeiouyAEIOUYıȷ":
        return False
    return len(accented(command, base)) == 1


def convert(text: str) -> str:
    """Accents and special letters of ``text`` in Unicode, all other TeX as it was (NFC)."""
    if "\\" in text:
        text = _LETTER.sub(lambda match: LETTERS[match["letter"]], text)
        text = _ACCENT.sub(_compose, text)
    return unicodedata.normalize("NFC", _LONE.sub(r"\1", text))


def _compose(match: re.Match[str]) -> str:
    base = (match["braced"] or match["bare"]).lstrip("\\")
    if match["bare"] and not composes(match["mark"], base):
        return match[0]
    return accented(match["mark"], base)
