"""Letters without their accents, for names that are compared."""

import unicodedata

# Letters that Unicode does not decompose into a plain one and its accent.
PLAIN_LETTERS = {
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"
}  # fmt: skip
_TABLE = str.maketrans(PLAIN_LETTERS)


def fold_letters(text: str) -> str:
    """``São Paulo`` -> ``sao paulo``: lower case, no accents, a space for whatever is no letter."""
    decomposed = unicodedata.normalize("NFKD", text).casefold().translate(_TABLE)
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join("".join(c if c.isalnum() else " " for c in bare).split())


def without_accents(text: str) -> str:
    """Small letters without accents, all else as it is: the marks of kana and Hangul are none."""
    parts = unicodedata.normalize("NFD", text.casefold())
    plain = "".join(letter for letter in parts if not "\u0300" <= letter <= "\u036f")
    return unicodedata.normalize("NFC", plain)
