"""What TeX commands without arguments, subscripts and superscripts look like in Unicode.

The table of commands is pylatexenc's, with the corrections below.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from pylatexenc.latex2text import get_default_latex_context_db

# Not symbols in anybody's abstract: planets, zodiac signs and oddities of a font package, and
# commands that write sentences. Authors use such names for their own macros (\leo, \id).
_NOT_SYMBOLS = (
    "today hint hints hinweis hinweise id Ident aries taurus gemini cancer leo virgo libra scorpio "
    "sagittarius capricornus aquarius pisces mercury venus male jupiter saturn uranus neptune "
    "pluto rightmoon image original recorder estimates homothetic between Equal allequal "
    "truestate forcesextra lazysinv"
)

# arXiv shows both epsilons as ε (arXiv/arxiv-base:arxiv/util/tex2utf.py), so that the feed's raw
# text and the API's converted one agree. The rest is missing from the table, or better seen so.
_OWN = {
    "epsilon": "ε", "eps": "ε", "veps": "ε", "vareps": "ε", "ne": "≠", "neg": "¬", "lnot": "¬",
    "leqslant": "≤", "geqslant": "≥", "gets": "←", "iff": "⟺", "implies": "⟹", "impliedby": "⟸",
    "land": "∧", "lor": "∨", "ast": "*", "bullet": "•", "diamond": "⋄", "prime": "′",
    "models": "⊨", "vDash": "⊨", "owns": "∋", "leadsto": "⇝", "dashrightarrow": "⇢",
    "coloneqq": "≔", "coloneq": "≔", "defeq": "≔", "eqdef": "≝", "triangle": "△", "Box": "□",
    "qed": "∎", "checkmark": "✓", "cmark": "✓", "xmark": "✗", "bigstar": "★", "ddag": "‡",
    "ddagger": "‡", "S": "§", "copyright": "©", "pounds": "£", "euro": "€", "degree": "°",
    "eth": "ð", "degr": "°", "arcdeg": "°", "Re": "Re", "Im": "Im", "imath": "ı", "jmath": "ȷ",
    "clubsuit": "♣", "diamondsuit": "♢", "heartsuit": "♡", "spadesuit": "♠", "bigsqcup": "⨆",
    "bigodot": "⨀", "biguplus": "⨄", "lbrack": "[", "rbrack": "]", "lgroup": "(", "rgroup": ")",
    "lt": "<", "gt": ">", "textless": "<", "textgreater": ">", "textbar": "|", "slash": "/",
    "textunderscore": "_", "textasciicircum": "^", "textasciitilde": "~", "texttildelow": "~",
    "textlangle": "⟨", "textrangle": "⟩", "textnumero": "№", "R": "ℝ", "RR": "ℝ", "Rn": "ℝⁿ",
    "N": "ℕ", "NN": "ℕ", "Z": "ℤ", "ZZ": "ℤ", "Q": "ℚ", "QQ": "ℚ", "C": "ℂ", "CC": "ℂ",
    "LaTeX": "LaTeX", "TeX": "TeX", "BibTeX": "BibTeX", "micron": "μm", "angstrom": "Å",
    "lq": "‘", "rq": "’", "sun": "☉", "Msun": "M☉", "msun": "M☉", "Lsun": "L☉", "Rsun": "R☉",
}  # fmt: skip

_OPERATORS = (
    "arccos arccosh arccot arcsin arcsinh arctan arctanh arg argmax argmin cos cosh cot coth csc "
    "deg det diag dim exp gcd hom inf injlim ker lcm lg lim liminf limsup ln log max min mod poly "
    "polylog Pr rank sec sech sgn sign sin sinh span sup supp tan tanh tr Tr trace var Var"
)
_NAMED_OPERATORS = frozenset(_OPERATORS.split())
_SPACED_OUT = {"liminf": "lim inf", "limsup": "lim sup"}

RELATIONS = frozenset(
    "=≠≤≥≪≫≮≯≰≱≦≧≨≩≈∼∽≃≅≡≍≊≐≑≜≝≔∝∈∉∋⊂⊃⊆⊇⊄⊅⊈⊉⊊⊋⊏⊐⊑⊒≺≻≼≽≾≿≲≳≶≷⪅⪆⋘⋙⊲⊳⊴⊵⊢⊣⊨⊩⊥∥∦∣∤⋈⊸"
    "→←↔⇒⇐⇔⟶⟵⟷⟹⟸⟺↦⟼↪↩↠↣⇝⇢⇀⇌⇋⇄↗↘∴∵"
)
BINARIES = frozenset("±∓×÷·∘∩∪∧∨⊕⊖⊗⊘⊙∖⊎⊓⊔⋊⋉⋄⊠⊞△▽≀⨿⊻")


def _table() -> Iterator[tuple[str, str]]:
    not_symbols = frozenset(_NOT_SYMBOLS.split())
    for spec in get_default_latex_context_db().iter_macro_specs():
        written: object = spec.simplify_repl
        if isinstance(written, str) and "%" not in written and spec.macroname not in not_symbols:
            yield str(spec.macroname), written
    for name in _NAMED_OPERATORS:
        yield name, _SPACED_OUT.get(name, name)
    yield from _OWN.items()


@cache
def symbols() -> dict[str, str]:
    """Command name without backslash -> what it shows. Some 900 entries; built on first use."""
    return dict(_table())


def is_operator(name: str) -> bool:
    """Whether the command prints an upright word such as "log", which needs room around it."""
    return name in _NAMED_OPERATORS


@cache
def styled(style: str, text: str) -> str:
    """``text`` of one or two letters or digits in a math alphabet; longer text is left as it is.

    ``style`` is Unicode's word: DOUBLE-STRUCK, SCRIPT or FRAKTUR. A word of three letters stays
    searchable and is read aloud by screen readers, so it is never restyled.
    """
    return "".join(_styled(style, character) for character in text) if len(text) < 3 else text


def _styled(style: str, letter: str) -> str:
    plain = unicodedata.name(letter, "").removeprefix("LATIN ").replace(" LETTER ", " ")
    # The letters that Unicode had before its math block: ℝ, ℒ, ℭ.
    for name in (f"MATHEMATICAL {style} {plain}", f"{style} {plain}", f"BLACK-LETTER {plain}"):
        if style != "FRAKTUR" and name.startswith("BLACK"):
            break
        try:
            return unicodedata.lookup(name)
        except KeyError:
            continue
    return letter


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
    if kind == "^" and all(character in _RAISED for character in text):
        return text
    table = _TABLES[kind]
    words = (word for word in _WORD.findall(text) if word not in _INDICES)
    if all(character in table for character in text) and not any(words):
        return "".join(table[character] for character in text)
    plain = _NAME.fullmatch(text) if not joined else len(text) == 1 and not text.isalnum()
    return kind + text if plain else f"{kind}{{{text}}}"
