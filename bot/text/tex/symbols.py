"""What TeX commands without arguments look like in Unicode.

The table is pylatexenc's, with the corrections below.
"""

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
        shown: object = spec.simplify_repl
        if isinstance(shown, str) and "%" not in shown and spec.macroname not in not_symbols:
            yield str(spec.macroname), shown
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
    return "".join(_styled(style, each) for each in text) if len(text) < 3 else text


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
