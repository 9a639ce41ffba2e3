"""BibTeX as other programs read it: pybtex, bibtexparser and, where it is installed, BibTeX."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from bibtexparser.entrypoint import parse_string as parse_library
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pybtex.database import Entry, parse_string

from bot import blog
from bot.models import Paper
from bot.output import bibtex
from bot.store.blogs import as_paper
from bot.text import plain, split_authors
from tests import factories, processes
from tests.e2e import program
from tests.shared_data import SHARED, needs

DOCUMENT = r"""\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\begin{document}
\nocite{*}
\bibliographystyle{plain}
\bibliography{papers}
\end{document}
"""
TITLES = {
    # What the author wrote, and the field.
    r"$\kappa$-deformed spaces": r"{$\kappa$-deformed spaces}",
    r"The tension in $H_0$": r"{The tension in $H_0$}",
    r"Jets at $\sqrt{s} = 13$ TeV": r"{Jets at $\sqrt{s} = 13$ TeV}",
    r"\textbf{Bold} $^{16}$O on $\mathcal{O}(\alpha_s^2)$": (
        r"{\textbf{Bold} $^{16}$O on $\mathcal{O}(\alpha_s^2)$}"
    ),
    r"$\left(\frac12\right)^2$": r"{$(\frac{1}{2})^2$}",
    r"$\{0,1\}$-matrices": r"{$\lbrace0,1\rbrace$-matrices}",
    # What only arXiv's page shows as it is meant.
    "100% of R&D, #1 in A_B": r"{100\% of R\&D, \#1 in A\_B}",
    "An open { brace": r"{An open \textbraceleft{} brace}",
    "A closing } brace": r"{A closing \textbraceright{} brace}",
    "C\\ C++": r"{C\ C++}",
    "Ends in \\": r"{Ends in \textbackslash{}}",
    "A \\‐ hyphen": r"{A - hyphen}",
    "A lone $ sign": r"{A lone \$ sign}",
    r"Maps $f_i'$ and $g_j''$": r"{Maps $f_i'$ and $g_j''$}",
    r"$y' ^2$": r"{y\ensuremath{'} \textsuperscript{2}}",
    r"$x^2^3$": r"{x\textsuperscript{2}\textsuperscript{3}}",
    r"The \ourmacro{} of \alpha": r"{The ourmacro of \ensuremath{\alpha}}",
    r"Kekul\'e and Erd\H{o}s": r"{Kekul{\'e} and Erd{\H{o}}s}",
    "Ε ≤ ℝ₀ — ½": (
        r"{Ε \ensuremath{\leq} \ensuremath{\mathbb{R}}\textsubscript{0} {\textemdash} "
        r"{\textonehalf}}"
    ),
}  # fmt: skip
AUTHORS = {
    # What arXiv sent, and (first, von, last, lineage) of each.
    "John Smith III": [("John", "", "Smith", "III")],
    "Sammy Davis Jr., Bo Beispiel, Jr.": [
        ("Sammy", "", "Davis", "Jr."),
        ("Bo", "", "Beispiel", "Jr."),
    ],
    "Guus van der Muster, Hilde van Dorp Sr": [
        ("Guus", "van der", "Muster", ""),
        ("Hilde", "van", "Dorp", "Sr"),
    ],
    r"J\"urgen M\"uller, {\L}ukasz Przyk{\l}ad": [
        (r"J{\"u}rgen", "", r"M{\"u}ller", ""),
        (r"{\L}ukasz", "", r"Przyk{\l}ad", ""),
    ],
    "The Example Collaboration, Ada One": [
        ("", "", "{The Example Collaboration}", ""),
        ("Ada", "", "One", ""),
    ],
    r"The $EX\alpha$ Collaboration": [("", "", r"{The $EX\alpha$ Collaboration}", "")],
    r"$\bar{\rm P}$AD Collaboration, A. One": [
        ("", "", r"{$\bar{\rm P}$AD Collaboration}", ""),
        ("A.", "", "One", ""),
    ],
    "Sample and Muster Collaboration": [("", "", "{Sample and Muster Collaboration}", "")],
    "Example Team, Muster Lab": [
        ("", "", "{Example Team}", ""),
        ("", "", "{Muster Lab}", ""),
    ],
    "Ada { One, B. Two }": [("", "", "{Ada One, B. Two}", "")],
}  # fmt: skip


def paper(title: str = "A title", authors: str = "Ada One", number: int = 1) -> Paper:
    return factories.paper(
        f"2401.{number:05}",
        title=plain(title),
        authors=split_authors(authors),
        raw_title=title,
        raw_authors=authors,
    )


def entry(of: Paper) -> Entry:
    (found,) = parse_string(bibtex([of]), "bibtex").entries.values()
    return found


@pytest.mark.parametrize(("title", "field"), TITLES.items())
def test_a_title_is_the_tex_that_arxiv_sent_or_says_the_same(title: str, field: str) -> None:
    assert entry(paper(title)).fields["title"] == field


@pytest.mark.parametrize(("authors", "names"), AUTHORS.items())
def test_names_are_taken_apart_as_they_are_meant(
    authors: str, names: Sequence[tuple[str, ...]]
) -> None:
    people = entry(paper(authors=authors)).persons["author"]
    assert [
        (
            " ".join(person.first_names + person.middle_names),
            " ".join(person.prelast_names),
            " ".join(person.last_names),
            " ".join(person.lineage_names),
        )
        for person in people
    ] == names


def test_an_author_list_of_another_record_does_not_rename_anybody() -> None:
    of = factories.paper(authors=("Ada One", "Björn Muster"), raw_authors="Ada One")
    assert bibtex([of]).count(r"{Ada One and Bj{\"o}rn Muster}") == 1


def test_authors_that_are_not_known_are_others() -> None:
    of = factories.paper(authors=("Ada One", "Bo Two", "et al."), raw_authors="Ada One, Bo Two")
    assert "{Ada One and Bo Two and others}" in bibtex([of])


def test_letters_that_t1_has_not_stay_and_do_not_stop_pdflatex() -> None:
    text = bibtex([paper(authors="张三"), paper(r"$\mathbb{R}$", number=2)])
    assert "author        = {张三}," in text
    assert r'@preamble{"\expandafter\providecommand\csname u8:张\endcsname{?}"}' in text
    assert r'@preamble{"\providecommand{\mathbb}[1]{\mathbf{#1}}"}' in text
    assert "@preamble" not in bibtex([paper("Straße", "Ada Ö. One")])


def test_a_doi_cannot_end_its_field() -> None:
    of = factories.paper(doi="10.1000/a_b}{c")
    assert entry(of).fields["doi"] == "10.1000/a_b%7D%7Bc"


_PIECES = r"""
    { } $ ^ _ ' & % # ~ \ \\ a 1 ( ] , \alpha \frac \sqrt \left \mathbb \rm
    \' \v {a} $x$ é α ₀ ² ℝ \ss \hat \mbox \! \{ \} -- 中 \ensuremath \text @ " = and
"""
HOSTILE = st.lists(
    st.sampled_from(_PIECES.split()) | st.characters(exclude_categories=["Cs"]),
    max_size=12,
).map("".join)


@settings(deadline=None, max_examples=150)
@given(HOSTILE, HOSTILE)
@example("}" * 50, "A {B")
@example("\\", "B\\")
@example("{" * 2000, "$" * 2000)
def test_no_text_eats_the_file(title: str, authors: str) -> None:
    text = bibtex([paper(title, f"A {authors}"), paper(number=2)])
    keys = ["arXiv:2401.00001", "arXiv:2401.00002"]
    assert [*parse_string(text, "bibtex").entries] == keys
    library = parse_library(text)
    assert [read.key for read in library.entries] == keys
    assert not library.failed_blocks
    assert library.entries[1].fields_dict["title"].value == "{A title}"


def _compile(papers: Sequence[Paper], folder: Path) -> None:
    """Raises AssertionError with the lines at which LaTeX stumbles."""
    latex, bib = program.tool("pdflatex"), program.tool("bibtex")
    (folder / "papers.bib").write_text(bibtex(papers))
    (folder / "papers.tex").write_text(DOCUMENT)
    run = (latex, "-interaction=batchmode", "-file-line-error", "papers.tex")
    for words in (run, (bib, "papers"), run):
        done = processes.run(words, cwd=folder)
        assert "Warning" not in done.stdout, done.stdout
    log = (folder / "papers.log").read_text("latin-1")
    assert re.findall(r"^(?:\./papers\.\w+:\d+|!).*", log, re.MULTILINE) == []
    written = (folder / "papers.bbl").read_text()
    assert written.count("\n\\bibitem{") == len({p.arxiv_id for p in papers})


@pytest.mark.rehearsal
def test_everything_above_compiles(tmp_path: Path) -> None:
    texts = [(title, "Ada One") for title in TITLES] + [("T", names) for names in AUTHORS]
    texts.append((r"中文 $\mathfrak{g}\lesssim\text{if}$", "张三"))
    _compile([paper(*text, number) for number, text in enumerate(texts, 1)], tmp_path)


@needs(SHARED)
@pytest.mark.rehearsal
def test_the_blogs_own_papers_compile(tmp_path: Path) -> None:
    posts = [blog.parse(file.read_bytes(), file.name) for file in (SHARED / "seed").glob("*.md")]
    _compile([as_paper(p, post.era, p.categories) for post in posts for p in post.papers], tmp_path)
