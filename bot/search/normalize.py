"""Texts as they are compared: without case, accents, typography and mathematical alphabets."""

import re
import unicodedata

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
# Letters that Unicode does not decompose into a plain one and its accent.
_PLAIN = {
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"
}  # fmt: skip
_UNDECOMPOSED = re.compile(f"[{''.join(_PLAIN)}]")


def fold(text: str) -> str:
    """Its words in plain lower case, each between spaces: ``" a fold b "``; ``"  "`` for none.

    ``ÁLVAREZ`` and ``alvarez`` are one, so are ``𝒪(n²)`` and ``O(n2)``. A Greek letter that
    stands alone is its name, as in ``β-VAE``, because that is how people type it.
    """
    if text.isascii():
        return f" {' '.join(text.lower().translate(_ASCII_GAPS).split())} "
    text = unicodedata.normalize("NFKD", text).casefold()
    text = _UNDECOMPOSED.sub(lambda letter: _PLAIN[letter[0]], text)
    for mark in filter(unicodedata.combining, set(text)):
        text = text.replace(mark, "")
    text = _GREEK_LETTER.sub(lambda letter: f" {_GREEK.get(letter[0], letter[0])} ", text)
    return f" {' '.join(_LETTERS_AND_DIGITS.findall(text.lower()))} "
