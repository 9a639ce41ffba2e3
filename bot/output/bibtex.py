"""Papers -> BibTeX, in the fields that arXiv recommends.

https://info.arxiv.org/help/hypertex/bibstyles: ``eprint`` is the id, ``archivePrefix`` is arXiv,
``primaryClass`` the primary category. The key is the id behind ``arXiv:``, so that it is unique
and never changes, whatever becomes of title and authors.
"""

import re
from collections.abc import Iterable

from bot.arxiv import ids
from bot.models import Paper

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_SPECIAL = re.compile("[" + re.escape("".join(_ESCAPES)) + "]")
_SUFFIX = re.compile(r"(.+), ((?:Jr|Sr)\.?|I{2,3}|IV)")
_GROUP = re.compile(r"\b(?:collaboration|consortium|group|team|and)\b|[,(]", re.IGNORECASE)


def bibtex(papers: Iterable[Paper]) -> str:
    """One entry for each paper, each paper once, in the order given. Texts are UTF-8."""
    return "\n".join({p.arxiv_id: _entry(p) for p in papers}.values())


def _entry(paper: Paper) -> str:
    year, month = ids.month(paper.arxiv_id)
    fields = {
        "title": f"{{{{{_escaped(paper.title)}}}}}",
        "author": f"{{{' and '.join(map(_author, paper.authors))}}}",
        "year": f"{{{year}}}",
        "month": _MONTHS[month - 1],
        "eprint": f"{{{paper.arxiv_id}}}",
        "archivePrefix": "{arXiv}",
        "primaryClass": f"{{{paper.primary}}}",
        "doi": f"{{{_escaped(paper.doi)}}}" if paper.doi else "",
        "url": f"{{{ids.abs_url(paper.arxiv_id)}}}",
    }
    lines = [f"  {name:<13} = {value}," for name, value in fields.items() if value.strip("{}")]
    return "\n".join([f"@misc{{arXiv:{paper.arxiv_id},", *lines, "}", ""])


def _author(name: str) -> str:
    """As BibTeX takes names apart: "Jr." stands between last and first, a group is in braces."""
    if found := _SUFFIX.fullmatch(name):
        first, _, last = found[1].rpartition(" ")
        return ", ".join(filter(None, map(_escaped, (last, found[2], first))))
    return f"{{{_escaped(name)}}}" if _GROUP.search(name) else _escaped(name)


def _escaped(text: str) -> str:
    """TeX's special characters made ordinary, on one line."""
    return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], " ".join(text.split()))
