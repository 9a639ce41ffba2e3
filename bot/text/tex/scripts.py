"""Subscripts and superscripts in Unicode."""

import re

_SUPER = dict(
    zip(
        "0123456789+-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡ",
        strict=True,
    )
)
_SUB = dict(
    zip(
        "0123456789+-=()aehijklmnoprstuvxβγρφχ",
        "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ",
        strict=True,
    )
)
_TABLES = {"^": _SUPER, "_": _SUB}
# Already raised or accented by itself: the circumflex would be read as a power.
_RAISED = frozenset("°′″‴†‡")
_NAME = re.compile(r".|[A-Za-z0-9]+")
_WORD = re.compile(r"[A-Za-z]{3,}")
_INDICES = "ijklmn"

# What a converted script is made of, for whoever has to see where a symbol ends.
SCRIPT_CHARACTERS = frozenset(_SUPER.values()) | frozenset(_SUB.values()) | _RAISED


def script(kind: str, text: str, *, joined: bool) -> str:
    """``text`` raised (``kind`` "^") or lowered ("_").

    In Unicode when every character exists there, else as ``^text`` or ``_text``, in braces when
    more than one character would make it unclear where it ends. ``joined`` says that a letter
    or digit follows directly. A word of three letters or more is not converted, so that search
    and screen readers find it: V_{max}, not Vₘₐₓ; running indices such as ijk are.
    """
    if not text:
        return ""
    if kind == "^" and text == "∘":
        return "°"
    if kind == "^" and all(each in _RAISED for each in text):
        return text
    table = _TABLES[kind]
    words = (word for word in _WORD.findall(text) if word not in _INDICES)
    if all(each in table for each in text) and not any(words):
        return "".join(table[each] for each in text)
    plain = _NAME.fullmatch(text) if not joined else len(text) == 1 and not text.isalnum()
    return kind + text if plain else f"{kind}{{{text}}}"
