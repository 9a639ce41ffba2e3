"""Papers -> BibTeX, in the fields that arXiv recommends.

https://info.arxiv.org/help/hypertex/bibstyles: ``eprint`` is the id, ``archivePrefix`` is arXiv,
``primaryClass`` the primary category. The key is the id behind ``arXiv:``, so that it is unique
and never changes, whatever becomes of title and authors.

Titles and authors are the TeX that arXiv sent, so that formulas stay formulas (``latex``).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.arxiv import ids
from bot.models import ET_AL, Paper
from bot.output.latex import latex, preamble
from bot.text.author_names import split_authors
from bot.text.markup import unescaped
from bot.text.tex import accents

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SUFFIX = re.compile(r"(?P<name>\S.*?\S),? (?P<suffix>(?:Jr|Sr)\.?|I{2,3}|IV|2nd|3rd|4th)")
# What no person is called, and what BibTeX would read as more than a name.
_GROUP = re.compile(
    r"\b(?:collaborations?|consortium|groups?|teams?|labs?|laborator(?:y|ies)|society|cent(?:er|re)|"
    r"institute|project|committee|foundation|university|and|others)\b|^the\b|[,(]",
    re.IGNORECASE,
)


def bibtex(papers: Iterable[Paper]) -> str:
    """One entry for each paper, each paper once, in the order given. Texts are UTF-8."""
    entries = "\n".join({p.arxiv_id: _entry(p) for p in papers}.values())
    definitions = "".join(f'@preamble{{"{line}"}}\n' for line in preamble(entries))
    return f"{definitions}\n{entries}" if definitions else entries


def _entry(paper: Paper) -> str:
    year, month = ids.month(paper.arxiv_id)
    title = latex(_with_letters(paper.raw_title), paper.title)
    fields = {
        "title": f"{{{{{title}}}}}",
        "author": f"{{{' and '.join(_authors(paper))}}}",
        "year": f"{{{year}}}",
        "month": _MONTHS[month - 1],
        "eprint": f"{{{paper.arxiv_id}}}",
        "archivePrefix": "{arXiv}",
        "primaryClass": f"{{{paper.primary}}}",
        "doi": f"{{{paper.doi.translate(_BRACES)}}}" if paper.doi else "",
        "url": f"{{{ids.abs_url(paper.arxiv_id)}}}",
    }
    lines = [f"  {name:<13} = {value}," for name, value in fields.items() if value.strip("{}")]
    return "\n".join([f"@misc{{arXiv:{paper.arxiv_id},", *lines, "}", ""])


_FORMULA = re.compile(r"\$[^$]{1,200}\$")
_PRIVATE_USE = 0xF0000
_BRACES = str.maketrans({"{": "%7B", "}": "%7D"})


def _authors(paper: Paper) -> Iterator[str]:
    if ET_AL in paper.authors[-1:]:
        yield from _authors(replace(paper, authors=paper.authors[:-1]))
        yield "others"  # BibTeX's own word for it
        return
    formulas: dict[str, str] = {}

    def masked(formula: re.Match[str]) -> str:
        return formulas.setdefault(formula[0], chr(_PRIVATE_USE + len(formulas)))

    # Names lose the braces around their words, which formulas need.
    names = split_authors(_FORMULA.sub(masked, paper.raw_authors)) if paper.raw_authors else ()
    if len(names) != len(paper.authors):  # as another record tells them
        names = paper.authors
    for name, rendered in zip(names, paper.authors, strict=True):
        for formula, mask in formulas.items():
            name = name.replace(mask, formula)
        yield _author(name, rendered)


def _author(name: str, rendered: str) -> str:
    """As BibTeX takes names apart: "Jr." stands between last and first, a group is in braces."""
    if match := _SUFFIX.fullmatch(rendered):
        words = match["name"].split(" ")
        lower = (place for place, word in enumerate(words) if place and word[0].islower())
        last = next(lower, len(words) - 1)  # "van Rossum"
        parts = (" ".join(words[last:]), match["suffix"], " ".join(words[:last]))
        return ", ".join(latex(part, part) for part in parts if part)
    written = latex(name, rendered)
    return f"{{{written}}}" if _GROUP.search(rendered) else written


def _with_letters(tex: str) -> str:
    """``tex`` on one line, its accents and HTML's entities as characters."""
    return " ".join(accents.convert(unescaped(tex)).split())
