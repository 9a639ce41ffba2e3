"""Titles, abstracts and names: TeX in, readable Unicode out. All texts are invented."""

import csv
import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.text import name, plain, split_authors, title
from tests.shared_data import SHARED, needs

TRIALS = SHARED / "truth" / "latex_trials.csv"

ACCENTS = [
    (r"Erd\H{o}s and P\'olya meet G\"{o}del", "Erdős and Pólya meet Gödel"),
    (r"\v{C}ern\'y, {\L}ukasz, \O rsted, Stra\ss e", "Černý, Łukasz, Ørsted, Straße"),
    (r"na{\"\i}ve caf\'{e}s in S\~ao Lu\'{\i}s", "naïve cafés in São Luís"),
    (r"Fa\c{c}ade or Fa\c cade, \AA ngstr\"om", "Façade or Façade, Ångström"),
    (r"\=a \.z \u{g} \k{e} \r{u} \d{s} \`a l'\^ile", "ā ż ğ ę ů ṣ à l'île"),
    (r"a \lq{}quote\rq{} here", "a ‘quote’ here"),
    (r"we don\'t read \"this\" as an accent", 'we don\'t read "this" as an accent'),
]
FORMULAS = [
    (r"An $O(n \log n)$ sort in $\mathbb{R}^d$", "An O(n log n) sort in ℝᵈ"),
    (r"$\tilde{\mathcal{O}}(\sqrt{T})$ regret", "𝒪̃(√T) regret"),
    (r"$\epsilon$-greedy and $\varepsilon$-nets", "ε-greedy and ε-nets"),
    (r"$x_{t+1}$ by 10$^{-3}$, H$_2$O, 90$^\circ$", "xₜ₊₁ by 10⁻³, H₂O, 90°"),
    (r"states x_{t+1} and 10^{-3}", "states xₜ₊₁ and 10⁻³"),
    (r"time $k^{O(\ell)}$, not $k^{O}\ell$", "time k^{O(ℓ)}, not kᴼℓ"),
    (r"$\frac{a}{b}$, $\frac{a+1}{2n}$, $\frac12$", "a/b, (a+1)/(2n), 1/2"),
    (r"$\sqrt{n}$, $\sqrt{x+y}$, $\sqrt[3]{n}$", "√n, √(x+y), ³√n"),
    (r"if $a\le b \approx c$ as $n \to \infty$", "if a ≤ b ≈ c as n → ∞"),
    (r"$\left( \frac{1}{\sqrt{d}} \right)$", "(1/√d)"),
    (r"$3\times3$ is $5\times$ faster, $\pm 2$", "3 × 3 is 5× faster, ±2"),
    (r"$\|x\|_2$ over $\R^k$ of $\deg(P)$", "‖x‖₂ over ℝᵏ of deg(P)"),
    (r"$V_{max}$ and $p_{\theta}(x)$", "V_max and p_θ(x)"),
    (r"$\operatorname{softmax}(QK^T)$", "softmax(QKᵀ)"),
    (r"$x \text{ if } y$, $y\not\in S$", "x if y, y ∉ S"),
    (r"so $$\sum_{i=1}^n a_i$$ and \[ x = y \].", "so ∑ᵢ₌₁ⁿ aᵢ and x = y."),
    (r"\( \lambda a_k \), $\hat{\theta}_t$, $f'(x)$", "λaₖ, θ̂ₜ, f′(x)"),
    (r"$\begin{pmatrix} 1 & 0 \\ 0 & 1 \end{pmatrix}$", "(1 0; 0 1)"),
    (r"${n \choose k}$ or $\binom{n}{k}$, ${a \over b}$", "(n choose k) or (n choose k), a/b"),
    (r"$P(x \mid y)$, $f\colon A\to B$, $\{0,1\}^n$", "P(x | y), f: A → B, {0,1}ⁿ"),
    ("$ωTest$ and $\\tildeΘ(n)$ from the API", "ωTest and Θ̃(n) from the API"),
]
PROSE = [
    ("gains of 5% over the 10% baseline", "gains of 5% over the 10% baseline"),
    (r"5\% of R\&D, C\# and my\_name", "5% of R&D, C# and my_name"),
    ("R&D at AT&T; R&amp;D &lt;here&gt;", "R&D at AT&T; R&D <here>"),
    ("between $5 and $10, or US$1.5M", "between $5 and $10, or US$1.5M"),
    (r"a $5$-fold cut costs $20, say $x$", "a 5-fold cut costs $20, say x"),
    (r"from \$5 to \$6", "from $5 to $6"),
    (r"``double'' and `single' quotes' end", "“double” and ‘single’ quotes' end"),
    ("pages 3--7 --- or so", "pages 3–7 — or so"),
    (r"IEEE~802.11, Fig.~2, about ~10 (~5%)", "IEEE 802.11, Fig. 2, about ~10 (~5%)"),
    (r"\textbf{Bold}, {\em slanted}, \texttt{code\_x}", "Bold, slanted, code_x"),
    (r"{GPT}-style {D}eep nets over {0,1}^n", "GPT-style Deep nets over {0,1}ⁿ"),
    (r"as in \cite{AB20,C21} and~\cite[p.~5]{D}", "as in [AB20, C21] and [D, p. 5]"),
    (r"\ie this, \eg that \etal. said", "i.e. this, e.g. that et al. said"),
    (r"\href{https://a.example/b_c}{the code}", "the code (https://a.example/b_c)"),
    (r"see \url{https://a.example/~me/x\_y}.", "see https://a.example/~me/x_y."),
    ("see https://a.example/~me/a--b?c=%20", "see https://a.example/~me/a--b?c=%20"),
    (r"\methodname{} beats \ours in \foo{this way}", "methodname beats ours in this way"),
    (r"C:\Temp\data and A\B", r"C:\Temp\data and A\B"),
    (r"one\\two \\[2pt] three", "one two three"),
    (r"open {brace, lone $ sign, closed} brace}", "open {brace, lone $ sign, closed} brace}"),
    (r"{\color{red} warm} \textcolor{blue}{cold}", "warm cold"),
    (r"ends in \label{sec:one} a backslash \ ".strip(), "ends in a backslash \\"),
    ("**Markdown** stays, __too__, `code` too", "**Markdown** stays, __too__, `code` too"),
    ("CJK 日本語 and emoji 👩‍💻 stay", "CJK 日本語 and emoji 👩‍💻 stay"),
    (r"\begin{itemize} \item one \item two \end{itemize}", "• one • two"),
]


@pytest.mark.parametrize(("tex", "shown"), ACCENTS + FORMULAS + PROSE)
def test_tex_becomes_what_a_person_would_write(tex: str, shown: str) -> None:
    assert plain(tex) == shown


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (
            "On one line each.\n  A new paragraph.\n  And $x$.",
            "On one line each.\n\nA new paragraph.\n\nAnd x.",
        ),
        ("Three results:\n One.\n Two.", "Three results:\n\nOne.\n\nTwo."),
        (
            "Tests for Physics\n  Beyond the Standard Model.",
            "Tests for Physics Beyond the Standard Model.",
        ),
        ("One line.\n  A new paragraph.", "One line.\n\nA new paragraph."),
        ("  We wrap\nlines.\n  A new paragraph.\n", "We wrap lines.\n\nA new paragraph."),
        ("First.\n\n\nSecond\tpart.", "First.\n\nSecond part."),
        ("Text\n  $x$ in a display\ngoes on.", "Text x in a display goes on."),
        ("no\u00a0break \u2028 space\x07", "no break space"),
    ],
)
def test_lines_are_joined_and_paragraphs_kept(raw: str, shown: str) -> None:
    assert plain(raw) == shown


def test_a_title_is_one_line() -> None:
    assert title("A title that arXiv wrapped:\n  once\n  or $n$ times") == (
        "A title that arXiv wrapped: once or n times"
    )


WORD = st.from_regex("[qz]x[a-z]{1,8}", fullmatch=True)
BEFORE = st.sampled_from(["", "", "%", "&", "$", "{", "\\", "(", "``", "#", "\\(", "~", "_"])
AFTER = st.sampled_from(
    ["", "", "%", "&", "$", "}", "\\", ".", "''", "\\\\", "\\%", "$$", "^", "--"]
)


@given(st.lists(st.tuples(BEFORE, WORD, AFTER), min_size=1, max_size=12))
@example([("$", "qxa", ""), ("", "zxb", "$"), ("{", "qxc", "")])
def test_every_word_of_prose_survives_in_order(parts: list[tuple[str, str, str]]) -> None:
    shown = plain(" ".join(map("".join, parts)))
    position = 0
    for _, word, _ in parts:
        position = shown.index(word, position) + len(word)


TEX = st.text(st.sampled_from("ab1 \\{}$^_&%~`'-#()[]|=é\n") | st.characters(), max_size=60)
COMMANDS = (
    r"\frac \left( \right { } $ $$ \[ \) \begin{align} \end{align} "
    r"\hat \text \over \verb| \cite[ ^ _ & \\"
)
PIECES = st.lists(st.sampled_from([*COMMANDS.split(), "x", " "])).map("".join)


@given(TEX | PIECES)
def test_any_text_is_rendered_without_an_error(text: str) -> None:
    shown = plain(text)
    assert shown == unicodedata.normalize("NFC", shown).strip()
    assert not re.search(r"[\x00-\x09\x0b-\x1f]|  |\n\n\n", shown)


@pytest.mark.parametrize(
    "piece", ["{", "$", "{a", "x^{", r"\frac{", r"\left(", "`a", r"\begin{align}", "\\\\ "]
)
def test_thousands_of_unclosed_marks_are_no_trouble(piece: str) -> None:
    assert plain(f"first {piece * 3000}").startswith("first")


@given(st.text(st.characters(categories=["L", "N", "Zs"], include_characters=".,;:!?()/<>=+*#@%|")))
def test_text_without_tex_comes_back_as_it_is(text: str) -> None:
    assert plain(text) == " ".join(unicodedata.normalize("NFC", text).split())


@pytest.mark.parametrize(("tex", "shown"), FORMULAS + PROSE)
def test_rendering_twice_changes_nothing_more(tex: str, shown: str) -> None:
    assert plain(shown) == shown


@needs(TRIALS)
def test_real_texts_lose_no_word_and_keep_no_tex() -> None:
    with TRIALS.open(encoding="utf-8", newline="") as file:
        raw = {row["raw"] for row in csv.DictReader(file)}
    assert len(raw) == 20
    for text in raw:
        shown = plain(text)
        letters = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFKD", shown))
        prose = re.sub(r"\\[A-Za-z]+|\\.|\$[^$]*\$", " ", text)
        assert all(word in letters for word in re.findall(r"[A-Za-z]{3,}", prose))
        assert not re.search(r"[\\$]|\\[A-Za-z]", shown)


@pytest.mark.parametrize(
    ("tex", "shown"),
    [
        (r"{\L}ukasz Przyk\l{}ad", "Łukasz Przykład"),
        (r"J.~M. {\"O}rnek-\c{S}ahin", "J. M. Örnek-Şahin"),
        (r"Bj\o rn \AA kesson, \v{S}tef\'anik", "Bjørn Åkesson, Štefánik"),
        ("Conan O&#39;Example  III", "Conan O'Example III"),
        ("Ana $x$ 100% van~der Test", "Ana $x$ 100% van der Test"),
    ],
)
def test_names_get_their_accents_and_nothing_else(tex: str, shown: str) -> None:
    assert name(tex) == shown


@pytest.mark.parametrize(
    ("text", "authors"),
    [
        (r"Jos\'e Mu\~noz, Bo Li", ("José Muñoz", "Bo Li")),
        ("Ann Lee (Uni A, Dept (B)), Bo Li (1), Cy Poe", ("Ann Lee", "Bo Li", "Cy Poe")),
        (
            "Ann Lee (for the XYZ Collaboration), Bo Li",
            ("Ann Lee (for the XYZ Collaboration)", "Bo Li"),
        ),
        ("Ann Lee, for the XYZ Collaboration", ("Ann Lee (for the XYZ Collaboration)",)),
        ("Ann Lee, Bo Li and Cy Poe", ("Ann Lee", "Bo Li", "Cy Poe")),
        ("Ann Lee, and Bo Li", ("Ann Lee", "Bo Li")),
        ("Bo Li and the XYZ Collaboration", ("Bo Li", "the XYZ Collaboration")),
        ("Foo and Bar Collaboration, Bo Li", ("Foo and Bar Collaboration", "Bo Li")),
        ("{Lab X, Room Y}, Bo Li, Jr.", ("Lab X, Room Y", "Bo Li, Jr.")),
        ("A. Lee (1), B. Li (2) ((1) Uni A, (2) Uni B)", ("A. Lee", "B. Li")),
        ("Ann (Uni A, Bo Li", ("Ann (Uni A", "Bo Li")),
        ("", ()),
    ],
)
def test_authors_are_split_as_arxiv_joins_them(text: str, authors: tuple[str, ...]) -> None:
    assert split_authors(text) == authors


@pytest.mark.parametrize(
    ("text", "authors"),
    [
        # A team and its people
        (
            "The X Collaboration: L. Example, J. Muster, C. Cho",
            ("The X Collaboration", "L. Example", "J. Muster", "C. Cho"),
        ),
        ("MiniLab: Aili Chen, Aonian Li", ("MiniLab", "Aili Chen", "Aonian Li")),
        ("ZED Team: A. One and B. Two", ("ZED Team", "A. One", "B. Two")),
        ("The Y Group : {\\L}ucja Ex", ("The Y Group", "Łucja Ex")),
        ("A. One (Lab: Room 5), B. Two", ("A. One", "B. Two")),
        ("X Collaboration and Y Collaboration", ("X Collaboration", "Y Collaboration")),
        ("A. One and XYZ Collaboration", ("A. One", "XYZ Collaboration")),
        ("Foo and Bar2 Collaborations", ("Foo and Bar2 Collaborations",)),
        ("Bo Li, and Foo and Bar Collaboration", ("Bo Li", "Foo and Bar Collaboration")),
        ("Bo Li and XYZ Collaboration", ("Bo Li", "XYZ Collaboration")),
        ("A. One, and Bo Li III and ABC Team", ("A. One", "Bo Li III", "ABC Team")),
        # "and" and "&"
        ("E.One and B.S.Two", ("E. One", "B. S. Two")),
        ("A. One & B. Two", ("A. One", "B. Two")),
        ("A. One, B. Two, & C. Three", ("A. One", "B. Two", "C. Three")),
        ("A. One &amp; B. Two", ("A. One", "B. Two")),
        ("Plato and Socrates", ("Plato", "Socrates")),
        ("Ann Lee (for the A and B Collaborations) and Bo Li",
         ("Ann Lee (for the A and B Collaborations)", "Bo Li")),
        ("Anders Andersson and Sandy Sand", ("Anders Andersson", "Sandy Sand")),
        ("{Bed and Breakfast Lab}, Bo Li", ("Bed and Breakfast Lab", "Bo Li")),
        ("A. Hu, D. Liu and and L. Zhu", ("A. Hu", "D. Liu", "L. Zhu")),
        ("A. Hu, D. Liu, ~and L. Zhu", ("A. Hu", "D. Liu", "L. Zhu")),
        ("A. Hu and~D. Liu~and L. Zhu", ("A. Hu", "D. Liu", "L. Zhu")),
        # Suffixes
        ("G. David Ex, Jr. and Pascal O. Muster", ("G. David Ex, Jr.", "Pascal O. Muster")),
        ("Bo Li, Sr., and Cy Poe", ("Bo Li, Sr.", "Cy Poe")),
        ("Bo Li III and Cy Poe, IV", ("Bo Li III", "Cy Poe, IV")),
        # Nobody
        ("A. One, et al", ("A. One",)),
        ("A. One, et al.", ("A. One",)),
        ("A. One et. al.", ("A. One",)),
        ("A. One et al. (XYZ Collaboration)", ("A. One (XYZ Collaboration)",)),
        ("A. One (1), B. Two (2); (1 - Uni A; 2 - Uni B)", ("A. One", "B. Two")),
        ("A. One, B. Two, and others", ("A. One", "B. Two")),
        ("Etal Alon, Bo Etal", ("Etal Alon", "Bo Etal")),
        # Initials
        ("H. -J. Ex, J.-P. Muster", ("H.-J. Ex", "J.-P. Muster")),
        ("Ch.-H. Ex, S.M. Li", ("Ch.-H. Ex", "S. M. Li")),
        (r"J. -P. M\"uller", ("J.-P. Müller",)),
        ("Bo Li-Poe, Cy - Poe", ("Bo Li-Poe", "Cy - Poe")),
        # Affiliations
        ("A. B. Lee (Uni A) C. Li (Uni B), D. Poe", ("A. B. Lee", "C. Li", "D. Poe")),
        ("Robert (Bob) Li, Cy Poe", ("Robert Li", "Cy Poe")),
        ("Sum Won(1,2)((1)Lab A,(2)Lab B)", ("Sum Won",)),
    ],
)  # fmt: skip
def test_the_people_are_those_of_arxivs_own_parser(text: str, authors: tuple[str, ...]) -> None:
    assert split_authors(text) == authors
    assert split_authors(", ".join(authors)) == authors


@given(
    st.lists(
        st.from_regex(r"[A-Z]\. [A-Z][a-z]{2,8}(?: [A-Z][a-z]{2,8})?", fullmatch=True), min_size=1
    ),
    st.sampled_from([", ", " and ", " & ", ", and "]),
)
def test_however_people_are_joined_they_are_the_same(people: list[str], last: str) -> None:
    *before, end = people
    joined = last.join(filter(None, (", ".join(before), end)))
    assert split_authors(joined) == tuple(people)
