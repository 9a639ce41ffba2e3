"""arXiv identifiers: found in whatever people post, normalised, ordered, linked. Pure.

From April 2007 on an id is ``YYMM.number``, with four digits to December 2014 and five since;
before, it is ``archive/YYMMnumber``, and a subject class (``math.GT/0309136``) is dropped. Source:
arXiv's help page on identifiers (info.arxiv.org/help/arxiv_identifier.html).

A number alone is never an id: prices, versions and Julian dates look the same. It counts beside a
word or a host that says arXiv, in arXiv's DOI, in an ADS bibcode, as BibTeX's eprint, and before a
category in brackets.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from typing import NamedTuple

from bot.arxiv import taxonomy
from bot.errors import InputError
from bot.problems import Code, Problem


class Identifier(NamedTuple):
    """A canonical id and the version that stood with it, if one did."""

    id: str
    version: int | None


def find(text: str) -> list[str]:
    """The canonical ids that ``text`` points to, distinct, in order of appearance. Never raises.

    Takes prose, links, HTML and JSON alike. Percent-encoding and entities are decoded once.
    """
    return list(dict.fromkeys(found.id for found in _scan(text)))


def split_version(text: str) -> Identifier:
    """The id and version of one id or link, such as ``2103.15691v2``. Raises InputError."""
    found: dict[str, Identifier] = {}
    for identifier in _scan(text):
        found.setdefault(identifier.id, identifier)
    if len(found) > 1:
        raise InputError(Problem(Code.SEVERAL_PAPERS, text=_shown(text), arxiv_ids=list(found)))
    if found:
        return next(iter(found.values()))
    if bare := _bare(_cleaned(text[:_MAX_LENGTH])):
        return bare
    raise InputError(Problem(Code.NO_PAPER, text=_shown(text)))


def normalise(text: str) -> str:
    """The canonical id of one id or link as a person types it. Raises InputError, with examples."""
    # Much faster than to search a text, and what sources mostly ask for.
    return text if is_canonical(text) else split_version(text).id


def version(text: str) -> int | None:
    """The version that one id or link names, if it names one. Raises InputError."""
    return split_version(text).version


def is_canonical(text: str) -> bool:
    """Whether ``text`` is an id exactly as ``find`` gives it: lower case, no class, no version."""
    match = _ID.fullmatch(text)
    identifier = _identifier(match) if match else None
    return identifier is not None and identifier.id == text


def abs_url(identifier: str) -> str:
    """The abstract page, where arXiv asks links to point."""
    return f"https://arxiv.org/abs/{identifier}"


def pdf_url(identifier: str) -> str:
    return f"https://arxiv.org/pdf/{identifier}"


def html_url(identifier: str) -> str:
    """The paper as a web page. arXiv has one for most papers since December 2023, not for all."""
    return f"https://arxiv.org/html/{identifier}"


def month(identifier: str) -> tuple[int, int]:
    """Year and month of a canonical id: when its paper was frozen for announcement."""
    return divmod(sort_key(identifier)[0], 100)


def sort_key(identifier: str) -> tuple[int, int, str]:
    """Orders canonical ids by age, old and new style together: month, number, archive.

    Raises InputError for anything but a canonical id.
    """
    if not is_canonical(identifier):
        raise InputError(Problem(Code.NOT_CANONICAL_ID, text=_shown(identifier)))
    archive, slash, number = identifier.rpartition("/")
    yymm, serial = (number[:4], number[4:]) if slash else (number[:4], number[5:])
    century = 1900 if slash and yymm >= _FIRST_OLD else 2000
    return (century + int(yymm[:2])) * 100 + int(yymm[2:]), int(serial), archive


# ------------------------------------------------------------------------------------------------
# Which numbers are ids

_FIRST_OLD, _LAST_OLD, _FIRST_NEW, _FIVE_DIGITS, _AFTER_NEW = "9107", "0703", "0704", "1501", "9101"
"""YYMM: the first old-style month, the last, the first new-style one, the first of five digits, and
the one from which a two-digit year would mean the 1990s."""

_LAST_OLD_MONTH = "2007-03"


def _new_style(yymm: str, number: str) -> str | None:
    in_range = _FIRST_NEW <= yymm < _AFTER_NEW and "01" <= yymm[2:] <= "12"
    digits = 5 if yymm >= _FIVE_DIGITS else 4
    return f"{yymm}.{number}" if in_range and len(number) == digits and int(number) else None


def _old_style(archive: str, digits: str) -> str | None:
    yymm = digits[:4]
    closed = _old_archives().get(archive)
    in_range = (yymm >= _FIRST_OLD or yymm <= _LAST_OLD) and "01" <= yymm[2:] <= "12"
    if closed is None or not in_range or not int(digits[4:]):
        return None
    century = "19" if yymm >= _FIRST_OLD else "20"
    return f"{archive}/{digits}" if f"{century}{yymm[:2]}-{yymm[2:]}" <= closed else None


def _from_old_bibcode(year: str, middle: str) -> str | None:
    """ADS writes hep-th/9711200 as ``1997hep.th...11200M``: year, archive, month and number."""
    archive, _, serial = middle.rpartition(".")
    return _old_style(archive.rstrip(".").replace(".", "-"), year[2:] + serial.zfill(5))


@lru_cache(maxsize=1)
def _old_archives() -> dict[str, str]:
    """The archives whose papers can have old-style ids, with the last month each can have them."""
    return {
        term.archive: term.closed or _LAST_OLD_MONTH
        for term in taxonomy.every_term()
        if term.opened <= _LAST_OLD_MONTH
    }


# ------------------------------------------------------------------------------------------------
# Where they stand. Texts are lower-case here. Every repetition is bounded or possessive, so that
# time stays linear in the length of a text whatever is in it, and every lead begins with a letter
# or digit spelled out, which lets the regex engine leap over the rest.

_MAX_LENGTH = 300
_LETTER = r"0-9a-z\u00c0-\u058f\u1e00-\u1fff"
"""What may not touch an id or a host: digits and Latin, Greek, Cyrillic and Armenian letters.
Chinese and Japanese are written without spaces, so their letters may."""

_GAP = r"[\s:,.#/_+=*~|\"'`(\[{}<-]"
_SLASH = r"/++"
_PORT = r"\.?(?::[0-9]{1,5})?"
_PREFIX = r"(?:(?:10\.48550/)?arxiv[:.]\s?)?"
_ARCHIVE = r"(?:[a-z-]{5,8}|cs|math|nlin)"
_CLASS = r"(?:\.[a-z][a-z-]{1,8})?"
_NUMBER = rf"(?:[0-9]{{4}}\.[0-9]{{4,5}}|{_ARCHIVE}{_CLASS}/{{1,3}}[0-9]{{7}})(?![0-9])"
_ID = re.compile(
    rf"(?:(?P<new>[0-9]{{4}}\.[0-9]{{4,5}})|(?P<archive>{_ARCHIVE}){_CLASS}/{{1,3}}(?P<old>[0-9]{{7}}))"
    r"(?![0-9])(?:v(?P<version>[1-9][0-9]{0,2})?+)?+"
)
# Another link is often glued to the id; any other letter makes it something else.
_END = re.compile(rf"(?!(?!https?:|pic\.)[{_LETTER}])(?!\.[0-9])")
_BEFORE_BARE = re.compile(r"[\s<(\[{\"'`/]*+(?:(?:abs|pdf|html)/)?")
_AFTER_BARE = re.compile(r"(?:\.pdf)?[\s>)\]}\"'`.,;:!?/…]*+\Z")

_PAGES = (
    r"(?:(?:abs|pdf|html|format|src|e-?print|ps|dvi|tb|trackback|bibtex|other|refs|cits"
    rf"|(?:ftp/arxiv/papers|ps_cache/arxiv/pdf)/[0-9]{{4}}){_SLASH})?"
)
_WORDS = r"(?:preprints?|e-?prints?|papers?|article|id|identifier|number|no|abs|pdf)"


def _starts(word: str, refused: str = _LETTER) -> str:
    """``word`` where none of the ``refused`` characters stands before it."""
    return rf"{re.escape(word)}(?<![{refused}]{re.escape(word)})"


def _host(name: str, path: str) -> str:
    """A link to ``path`` on a host or any of its subdomains, look-alikes refused."""
    return f"{_starts(name, _LETTER + '-')}{_PORT}{_SLASH}{path}"


_LEADS = (
    _host("arxiv.org", _PAGES + _PREFIX),
    _host("xxx.lanl.gov", _PAGES),
    _host("ar5iv.org", _PAGES + _PREFIX),
    _host("alphaxiv.org", rf"(?:[a-z-]{{2,16}}{_SLASH}){{0,3}}{_PREFIX}"),
    _host("arxiv-vanity.com", rf"(?:papers|render){_SLASH}"),
    _host("huggingface.co", rf"(?:api/)?papers{_SLASH}{_PREFIX}"),
    _host("hf.co", rf"papers{_SLASH}{_PREFIX}"),
    _host("emergentmind.com", rf"papers{_SLASH}"),
    # arXiv's DOI
    _starts("10.48550/arxiv", "0-9.") + "[:.]",
    # arXiv:ID, arXiv ID, oai:arXiv.org:ID, scirate.com/arxiv/ID
    _starts("arxiv") + rf"(?:\.org(?!/))?+{_GAP}{{0,12}}+",
    # arXiv preprint ID, arxiv_id=ID, arxiv/abs/ID, archivePrefix = {arXiv}, eprint = {ID}
    _starts("arxiv") + rf"[\s:_,(\[/*\"}}-]{{0,12}}+(?:{_WORDS}{_GAP}{{1,6}}+){{1,2}}",
    _starts("eprint") + r"\s{0,3}=\s{0,3}[\"{]",
    # arXiv's computing part in bibliographies: CoRR abs/ID
    _starts("corr") + rf"{_GAP}{{0,6}}+(?:vol(?:ume)?{_GAP}{{1,6}}+)?abs/",
)
_NO_LETTER = rf"(?![{_LETTER}])"
_CODES = (
    # ADS bibcodes: 2021arXiv210315691A and 2014arXiv1412.6980K
    rf"arxiv(?<=[12][0-9]{{3}}arxiv)(?P<ads>[0-9]{{4}}\.?[0-9]{{4,5}})[a-z.]{_NO_LETTER}",
    # and before April 2007: 1997hep.th...11200M
    *(
        rf"{_starts(century)}[0-9]{{2}}(?P<ads{century}>(?=[a-z]{{1,7}}\.)[0-9a-z.]{{14}})"
        rf"(?<=[0-9])[a-z]{_NO_LETTER}"
        for century in ("19", "20")
    ),
    # dblp's address of a paper
    rf"{_starts('corr/abs-')}(?P<dblp>[0-9]{{4}}-[0-9]{{4,5}}){_NO_LETTER}",
)
_PASSED_OVER = (
    # other DOIs, arXiv's other pages and look-alikes of it: nothing inside is taken
    rf"{_starts('10.', '0-9.')}[0-9]{{4,9}}/[0-9a-z._/-]*+(?P<doi>)",
    rf"{_starts('arxiv.org', _LETTER + '-')}[0-9a-z./-]"
    r"(?:(?!https?:)[^\s<>\"'`,;|()\[\]{}])*+(?P<page>)",
)
_FORM = re.compile("|".join((*(f"{lead}(?={_NUMBER})" for lead in _LEADS), *_CODES, *_PASSED_OVER)))

_STAMP = re.compile(
    rf"(?<![{_LETTER}.=/:_-])(?P<id>[0-9]{{4}}\.[0-9]{{4,5}}(?:v[1-9][0-9]{{0,2}})?)\s{{1,8}}"
    r"\[(?P<term>[a-z-]{2,8}(?:\.[a-z-]{2,9})?)\]"
)
"""The stamp on a paper's first page: 2103.15691v1 [cs.CV] 29 Mar 2021."""


def _scan(text: str) -> Iterator[Identifier]:
    """Every id with its version, in order of appearance, repeated as often as it stands there."""
    if not _DIGIT.search(text):
        return
    text = _cleaned(text)
    found = [(match.start(), _read(match, text)) for match in _FORM.finditer(text)]
    if "[" in text:
        found += [
            (match.start(), _at(match["id"], 0))
            for match in _STAMP.finditer(text)
            if taxonomy.lookup(match["term"])
        ]
        found.sort(key=lambda place: place[0])
    yield from (identifier for _, identifier in found if identifier)


def _read(match: re.Match[str], text: str) -> Identifier | None:
    """The id that a match of ``_FORM`` leads to or holds."""
    kind = match.lastgroup
    if kind is None:
        return _at(text, match.end())
    code = match[kind]
    if kind in ("ads", "dblp"):
        identifier = _new_style(code[:4], code[4:].lstrip(".-"))
    elif kind in ("doi", "page"):
        identifier = None
    else:
        identifier = _from_old_bibcode(match[0][:4], code)
    return Identifier(identifier, None) if identifier else None


def _at(text: str, position: int) -> Identifier | None:
    """The id that stands at ``position``, if a paper can have it and nothing is glued to it."""
    match = _ID.match(text, position)
    return _identifier(match) if match and _END.match(text, match.end()) else None


def _bare(text: str) -> Identifier | None:
    """The id that is the whole of ``text`` but for brackets, punctuation and ``.pdf``."""
    before = _BEFORE_BARE.match(text)
    match = _ID.match(text, before.end()) if before else None
    return _identifier(match) if match and _AFTER_BARE.match(text, match.end()) else None


def _identifier(match: re.Match[str]) -> Identifier | None:
    """The id in a match of ``_ID``; None if no paper can have it."""
    if match["new"]:
        identifier = _new_style(match["new"][:4], match["new"][5:])
    else:
        identifier = _old_style(match["archive"], match["old"])
    return Identifier(identifier, int(match["version"] or 0) or None) if identifier else None


# ------------------------------------------------------------------------------------------------
# What hides them

_DIGIT = re.compile("[0-9]")
_ENTITY = re.compile("&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")
_PERCENT = re.compile("%([2-7][0-9a-fA-F])")
_ESCAPE = re.compile(r"\\(?=[!-/:-@\[-`{-~])")
_INVISIBLE = "[\u00ad\u200b-\u200f\u2060\ufeff]{1,4}"
_BREAK = re.compile(rf"(?<=[/.:]){_INVISIBLE}|{_INVISIBLE}(?=[/.:])")
_DISGUISED = re.compile("[\u00ad\u200b-\u200f\u2010\u2011\u2013\u2060\u2212\ufeff\uff01-\uff5e]")
_TYPOGRAPHIC = {ord(dash): "-" for dash in "\u2010\u2011\u2013\u2212"} | {
    wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F) if not 0xFF10 <= wide <= 0xFF19
}


def _cleaned(text: str) -> str:
    """Lower case, with entities, percent-encoding, escaped punctuation and wide forms undone."""
    if "&" in text:
        text = _ENTITY.sub(lambda entity: unescape(entity[0]), text)
    if "%" in text:
        text = _PERCENT.sub(lambda code: chr(int(code[1], 16)), text)
    if "\\" in text:
        text = _ESCAPE.sub("", text)
    if not text.isascii() and _DISGUISED.search(text):
        text = _BREAK.sub("", text.translate(_TYPOGRAPHIC))
    return text.lower()


def _shown(text: str) -> str:
    return repr(text if len(text) <= 80 else f"{text[:79]}…")
