"""Texts as they are compared: without case, accents, typography and mathematical alphabets."""

import re
import unicodedata

from bot.text.fold import PLAIN_LETTERS

WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+")
"""A word as it stands in a text, accents that follow their letter included."""

_LETTERS_AND_DIGITS = re.compile(r"[^\W_]+")
# The same for ASCII, which most texts are; it takes a fifth of the time.
_ASCII_GAPS = {code: " " for code in range(128) if not chr(code).isalnum()}
_GREEK_LETTER = re.compile(r"(?<![α-ω])[α-ω](?![α-ω])")
_GREEK_NAMES = """
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma
    tau upsilon phi chi psi omega
"""
_GREEK = dict(zip("αβγδεζηθικλμνξοπρστυφχψω", _GREEK_NAMES.split(), strict=True))
_UNDECOMPOSED = re.compile(f"[{''.join(PLAIN_LETTERS)}]")


def fold(text: str) -> str:
    """Its words in plain lower case, each between spaces: ``" a fold b "``; ``"  "`` for none.

    ``ÁLVAREZ`` and ``alvarez`` are one, so are ``𝒪(n²)`` and ``O(n2)``. A Greek letter that
    stands alone is its name, as in ``β-VAE``, because that is how people type it.
    """
    if text.isascii():
        return f" {' '.join(text.lower().translate(_ASCII_GAPS).split())} "
    text = unicodedata.normalize("NFKD", text).casefold()
    text = _UNDECOMPOSED.sub(lambda letter: PLAIN_LETTERS[letter[0]], text)
    for mark in filter(unicodedata.combining, set(text)):
        text = text.replace(mark, "")
    text = _GREEK_LETTER.sub(lambda letter: f" {_GREEK.get(letter[0], letter[0])} ", text)
    return f" {' '.join(_LETTERS_AND_DIGITS.findall(text.lower()))} "


# --- words with symbols: C++, C#, A*, k^2, H_0 --------------------------------------------------

_RAISED_OR_LOWERED = re.compile(
    "[\u00b2\u00b3\u00b9\u02b0-\u02b8\u02e0-\u02e4\u1d2c-\u1d6a\u2070-\u209c]+"
)
_SYMBOL = re.compile(
    rf"[+#*^_\u2217\u22c6\u266f\uff03\uff0a\uff0b\uff3e\uff3f]|{_RAISED_OR_LOWERED.pattern}"
)
_AS_TYPED = str.maketrans("\u2217\u22c6\u266f\u2212", "**#-")  # two asterisks, sharp, minus
_IN_BRACES = re.compile(r"([\^_])\{([^{}\s]{1,20})\}")
_SYMBOL_WORD = re.compile(r"[^\W_]+(?:[\^_]+-?[^\W_]+)*(?:[+#]{2,}+|\^?[+#*]++(?![^\W_]))?")
_SYMBOLS = re.compile(r"([-+#*^_]+)")
WORD_WITH_SYMBOLS = re.compile(
    r"(?:[^\W_]|[\u0300-\u036f])(?:[^\W_]|[\u0300-\u036f+#*\u2217\u22c6\u266f]|[\^_]\{?-?|(?<=\w)\})*"
)
"""A word as it stands in a text, with what may be its symbols."""


def fold_symbols(text: str) -> str:
    """As ``fold``, but with the symbols that belong to a word: ``" a c++ compiler "``.

    Kept are ``+``, ``#`` and ``*`` at a word's end, and what is raised or lowered: ``k²``,
    ``k^{2}`` and ``k^2`` are ``k^2``; ``A^*`` is ``a*``.
    """
    if not _SYMBOL.search(text):
        return fold(text)
    text = unicodedata.normalize("NFKC", _RAISED_OR_LOWERED.sub(_with_marks, text))
    text = _IN_BRACES.sub(r"\1\2", text.translate(_AS_TYPED))
    pieces, at = [], 0
    for match in _SYMBOL_WORD.finditer(text):
        if _SYMBOLS.search(match[0]):
            pieces += [fold(text[at : match.start()]), _symbol_word(match[0])]
            at = match.end()
    return f" {' '.join(' '.join([*pieces, fold(text[at:])]).split())} "


def symbol_words(text: str) -> list[str]:
    """The words with symbols in a text, each once, as ``fold_symbols`` writes them."""
    if not _SYMBOL.search(text):
        return []
    return list(dict.fromkeys(filter(_SYMBOLS.search, fold_symbols(text).split())))


def _symbol_word(word: str) -> str:
    """Folded between its symbols. The ^ of ``A^*`` only raises the other sign."""
    pieces = _SYMBOLS.split(word)
    folded = [p if at % 2 else "".join(fold(p).split()) for at, p in enumerate(pieces)]
    return re.sub(r"\^(?=[+#*])", "", "".join(folded))


def _with_marks(match: re.Match[str]) -> str:
    """``^`` before what Unicode raises and ``_`` before what it lowers."""
    marked, before = "", ""
    for letter in match[0]:
        kind = unicodedata.decomposition(letter).partition(" ")[0]
        mark = {"<super>": "^", "<sub>": "_"}.get(kind, "")
        marked += mark + letter if mark != before else letter
        before = mark
    return marked
