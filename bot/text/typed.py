"""What people type, before anything reads it: the one spelling of marks, digits and spaces."""

import re
import unicodedata

# k² and H₀ stay what they are: a search tells them from k2 and H0.
_RAISED_OR_LOWERED = re.compile(
    "([\u00b2\u00b3\u00b9\u02b0-\u02b8\u02e0-\u02e4\u1d2c-\u1d6a\u2070-\u209c]+)"
)
_MARKS = str.maketrans(
    {
        **dict.fromkeys("、،﹑", ","),
        **dict.fromkeys("؛", ";"),
        **dict.fromkeys("∶ː꞉", ":"),
        **dict.fromkeys("\u2044\u2215", "/"),
        **dict.fromkeys("−", "-"),
        **dict.fromkeys("“”„‟«»〝〞「」『』", '"'),
        **dict.fromkeys("‘’‛ʼ", "'"),
        **dict.fromkeys("。", "."),
        **dict.fromkeys("\u2028\u2029\u0085", "\n"),
        **dict.fromkeys("\u2800\u115f\u1160", " "),
    }
)
_TYPED_SPACE = "\n\t\r"


def clean_typed(text: str) -> str:
    """``text`` as its readers expect it: full-width forms and other digits as ASCII, every dash a
    hyphen, every comma, colon and quotation mark the plain one, without invisible characters.

    Letters keep their accents, and what is raised or lowered stays so. Applied once, where a text
    enters: by Discord's commands and forms, and by the parameters of the command line.
    """
    if text.isascii() and text.isprintable():
        return text
    pieces = _RAISED_OR_LOWERED.split(text)
    whole = "".join(
        piece if place % 2 else unicodedata.normalize("NFKC", piece)
        for place, piece in enumerate(pieces)
    )
    return "".join(map(_letter, whole.translate(_MARKS)))


def _letter(letter: str) -> str:
    if letter.isascii():
        return letter if letter.isprintable() or letter in _TYPED_SPACE else ""
    match unicodedata.category(letter):
        case "Pd":
            return "-"
        case "Nd":
            return str(unicodedata.digit(letter))
        case "Zs" | "Zl" | "Zp":
            return " "
        case "Cf" | "Cc" | "Cs":
            return ""
    return "" if "\ufe00" <= letter <= "\ufe0f" or letter == "\u034f" else letter
