"""What counts as pointing to an arXiv paper, and what only looks like it."""

import csv

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.arxiv import ids
from bot.errors import InputError
from bot.messages.problems import words_of
from tests.shared_data import SHARED, needs
from tests.words import raises_saying

SHARED_FORMS = SHARED / "truth" / "id_forms.csv"

LINKS = [
    "http://arxiv.org/abs/1706.03762v5",
    "https://www.arxiv.org/pdf/1706.03762v1.pdf",
    "arxiv.org/pdf/1706.03762",
    "https://arxiv.org/html/1706.03762v7#S3.T1",
    "https://de.arxiv.org/abs/1706.03762?context=cs",
    "https://lanl.arxiv.org/format/1706.03762",
    "http://xxx.lanl.gov/abs/1706.03762",
    "https://arxiv.org//abs//1706.03762",
    "https://arxiv.org./abs/1706.03762",
    "https://arxiv.org:443/abs/1706.03762",
    "https://arxiv.org/1706.03762",
    "https://arxiv.org/abs/arxiv:1706.03762",
    "HTTPS://WWW.ARXIV.ORG/PDF/1706.03762V2.PDF",
    "https://arxiv.org/tb/1706.03762",
    "https://arxiv.org/ftp/arxiv/papers/1706/1706.03762.pdf",
    "https://www.alphaxiv.org/zh/resources/1706.03762v2",
    "https://www.alphaxiv.org/audio/1706.03762.md",
    "https://hf.co/papers/1706.03762",
    "https://huggingface.co/papers/1706.03762#community",
    "https://ar5iv.labs.arxiv.org/html/1706.03762v5",
    "https://www.arxiv-vanity.com/papers/1706.03762/",
    "https://scirate.com/arxiv/1706.03762",
    "https://www.semanticscholar.org/arxiv/1706.03762",
    "https://papers.cool/arxiv/1706.03762",
    "https://api.semanticscholar.org/graph/v1/paper/ARXIV:1706.03762?fields=title",
    "https://doi.org/10.48550/ARXIV.1706.03762",
    "https://arxiv.org/abs/10.48550/arXiv.1706.03762",
    "https://dblp.org/rec/journals/corr/abs-1706-03762.html",
    "https://ui.adsabs.harvard.edu/abs/2017arXiv170603762V/abstract",
    "https://web.archive.org/web/2017/https://arxiv.org/abs/1706.03762",
    "https://www.google.com/url?q=https%3A%2F%2Farxiv.org%2Fabs%2F1706.03762&sa=D",
    "https://doi.org/10.48550%2FarXiv.1706.03762",
]

TEXTS = [
    "arXiv:1706.03762",
    "arXiv: 1706.03762v2 [cs.CL]",
    "ArXiv 1706.03762",
    "#arXiv:1706.03762",
    "arXiv preprint 1706.03762",
    "Vaswani et al., arXiv preprint arXiv:1706.03762, 2017.",
    "arXiv ID: 1706.03762",
    "CoRR abs/1706.03762 (2017)",
    "1706.03762v5 [cs.CL] 6 Dec 2017",
    "oai:arXiv.org:1706.03762v1",
    "arxiv_id=1706.03762",
    "saved as arXiv-1706.03762v5.pdf",
    "archivePrefix = {arXiv},\n       eprint = {1706.03762},",
    'eprint = "1706.03762"',
]

IN_PLACE = [
    "https://arxiv.org/abs/1706.03762.",
    "(https://arxiv.org/abs/1706.03762),",
    "see [the paper](https://arxiv.org/abs/1706.03762)!",
    "<https://arxiv.org/abs/1706.03762>",
    "||https://arxiv.org/abs/1706.03762||",
    "**arXiv:** _1706.03762_",
    "`arXiv:1706.03762`",
    "\\url{https://arxiv.org/abs/1706.03762}",
    "https://arxiv.org/abs/1706.03762… more",
    "https://arxiv.org/abs/1706.03762v…",
    "https://arxiv.org/abs/1706.03762#machinelearning",
    "https://arxiv.org/abs/1706.03762https://t.co/abc",
    "https://arxiv.org/abs/1706.03762pic.twitter.com/abc",
    "arXiv:1706.03762’s authors",
    '<a href="https://arxiv.org/abs/1706.03762"><span class="invisible">https://</span>',
    "<a href=https://arxiv.org/pdf/1706.03762v1>",
    "https:&#x2F;&#x2F;arxiv.org&#x2F;abs&#x2F;1706.03762",
    "arXiv:&nbsp;1706.03762",
    '{"url":"https:\\/\\/arxiv.org\\/abs\\/1706.03762"}',
    "https://arxiv.org/abs/\u200b1706.03762",
    "論文arXiv:1706.03762を読んだ",
    "見てarxiv.org/abs/1706.03762、すごい",
    "「https://arxiv.org/abs/1706.03762」",
    "（https://arxiv.org/abs/1706.03762）",
    "https://arxiv.org/abs/1706.03762。",
    "arXiv：1706.03762",
]

OLD_STYLE = {
    "https://arxiv.org/abs/hep-th/9711200": "hep-th/9711200",
    "arXiv:HEP-TH/9711200v3": "hep-th/9711200",
    "https://arxiv.org/abs/hep-th%2F9711200": "hep-th/9711200",
    "https://arxiv.org/abs/hep‑th/9711200": "hep-th/9711200",
    "https://arxiv.org/pdf/math.DG/0211159v1.pdf": "math/0211159",
    "10.48550/arXiv.math.DG/0211159": "math/0211159",
    "arXiv:cond-mat.str-el/0501001": "cond-mat/0501001",
    "https://scirate.com/arxiv/quant-ph/9508027": "quant-ph/9508027",
    "arXiv:chao-dyn/9912018": "chao-dyn/9912018",
    "https://arxiv.org/abs/q-bio/0703001": "q-bio/0703001",
    "1997hep.th...11200M": "hep-th/9711200",
    "https://ui.adsabs.harvard.edu/abs/2006astro.ph..9591A": "astro-ph/0609591",
    "1999physics...1001S": "physics/9901001",
}

NOT_IDS = [
    "",
    "1706.03762",
    "[1706.03762]",
    "1706.03762 views today",
    "hep-th/9711200",
    "version 1706.03762v2",
    "1706.03762 [usd] was the price",
    "JD 2448446.4710(5), HJD=2450274.4156",
    "arXiv 2017",
    "arXiv:170603762",
    "arXiv:1706.03762abc",
    "arXiv:1706.03762.1234",
    "arXiv:1706.03762v0",
    # months, numbers and digits that no paper has
    "https://arxiv.org/abs/1713.03762",
    "https://arxiv.org/abs/1700.03762",
    "https://arxiv.org/abs/1706.00000",
    "https://arxiv.org/abs/1706.037621",
    "https://arxiv.org/abs/1706.0376…",
    "https://arxiv.org/abs/1412.69801",
    "https://arxiv.org/abs/1501.0001",
    "https://arxiv.org/abs/0703.0001",
    "https://arxiv.org/abs/9901.12345",
    "https://arxiv.org/abs/hep-th/9106001",
    "https://arxiv.org/abs/hep-th/0704001",
    "https://arxiv.org/abs/hep-th/9713001",
    "https://arxiv.org/abs/hep-th/9711000",
    "https://arxiv.org/abs/hep-th/971120",
    "https://arxiv.org/abs/hep-th/97112001",
    # archives that never had old-style ids, or were closed
    "https://arxiv.org/abs/eess/0309136",
    "https://arxiv.org/abs/stat.ML/0609136",
    "https://arxiv.org/abs/magic/9711200",
    "https://arxiv.org/abs/cmp-lg/0101001",
    # other archives, other registrants, other pages
    "viXra:1706.0376",
    "https://vixra.org/abs/1706.0376",
    "https://chinaxiv.org/abs/1706.03762",
    "https://www.medrxiv.org/content/10.1101/1706.03762v1",
    "bioarXiv:1706.03762",
    "https://doi.org/10.1016/j.physletb.1706.03762",
    "https://doi.org/10.5555/arXiv.1706.03762",
    "https://arxiv.org/list/cs/1706.03762",
    "https://arxiv.org/search/?query=arXiv%3A1706.03762&searchtype=all",
    "https://arxiv.org/a/vaswani_a_1",
    "https://huggingface.co/datasets/someone/1706.03762",
    # look-alikes
    "https://arxiv.org.evil.example/abs/1706.03762",
    "https://arxiv.org@evil.example/abs/1706.03762",
    "https://arxiv-org.evil.example/abs/1706.03762",
    "https://notarxiv.org/abs/1706.03762",
    "https://not-arxiv.org/abs/1706.03762",
    "https://arxiv.com/abs/1706.03762",
    "https://arxiv.id/1706.03762",
    "https://\u0430rxiv.org/abs/1706.03762",
    "https://huggingface.co.evil.example/papers/1706.03762",
]


@pytest.mark.parametrize("text", [*LINKS, *TEXTS, *IN_PLACE])
def test_a_paper_is_found_however_people_point_to_it(text: str) -> None:
    assert ids.find(text) == ["1706.03762"]


@pytest.mark.parametrize(("text", "identifier"), OLD_STYLE.items())
def test_ids_from_before_april_2007_lose_their_subject_class(text: str, identifier: str) -> None:
    assert ids.find(text) == [identifier]


@pytest.mark.parametrize(
    "text", ["2014arXiv1412.6980K", "arXiv:1412.6980", "arxiv.org/abs/1412.6980"]
)
def test_four_digits_were_enough_until_december_2014(text: str) -> None:
    assert ids.find(text) == ["1412.6980"]


@pytest.mark.parametrize("text", NOT_IDS)
def test_what_only_looks_like_an_id_is_refused(text: str) -> None:
    assert ids.find(text) == []


def test_ids_come_once_each_in_order_of_appearance() -> None:
    text = """2103.14030v2 [cs.CV], https://arxiv.org/abs/2103.15691 (https://arxiv.org/pdf/2103.15691v2),
    doi:10.1038/nature14539;arXiv:hep-th/9711200 and again arXiv:2103.14030"""
    assert ids.find(text) == ["2103.14030", "2103.15691", "hep-th/9711200"]


@needs(SHARED_FORMS)
def test_the_collected_forms() -> None:
    with SHARED_FORMS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            assert set(ids.find(row["text"])) == set(row["ids"].split("|")) - {""}, row["text"]


new_style = st.builds(
    lambda year, month, number: (
        f"{year:02}{month:02}.{number:05}"
        if year >= 15
        else f"{year:02}{month:02}.{number % 9999 + 1:04}"
    ),
    st.integers(8, 90),
    st.integers(1, 12),
    st.integers(1, 99_999),
)
old_style = st.builds(
    lambda archive, year, month, number: f"{archive}/{year:02}{month:02}{number:03}",
    st.sampled_from(["hep-th", "math", "cs", "cond-mat", "nlin", "q-bio", "physics", "gr-qc"]),
    st.sampled_from([*range(92, 100), *range(7)]),
    st.integers(1, 12),
    st.integers(1, 999),
)
identifiers = new_style | old_style
pieces = st.sampled_from(
    [
        *("arXiv", "arxiv.org", "alphaxiv.org", "hf.co/papers/", "abs", "pdf", "hep-th", "[cs.CV]"),
        *("10.48550/", "10.1/", "corr", "2103", "v2", "https", "://", "/", "//", ":", ".", " "),
        *("%2F", "&#x2F;", "&#47", "\\", "\u200b"),
    ]
)


@given(identifiers, st.sampled_from(["", "v1", "v12"]))
def test_every_form_of_an_id_leads_back_to_it(identifier: str, version: str) -> None:
    assert ids.is_canonical(identifier)
    assert ids.normalise(identifier + version) == identifier
    assert ids.normalise(f"10.48550/arXiv.{identifier}{version}") == identifier
    for link in (ids.abs_url(identifier), ids.pdf_url(identifier), ids.html_url(identifier)):
        assert link.startswith("https://arxiv.org/")
        assert ids.find(f"{link}{version}, ") == [identifier]


@given(st.lists(pieces | st.text(max_size=8) | identifiers).map("".join))
@example("&#99999999999999999999;%zz%" + "&#" + "1" * 5000 + ";")
@example("\ud800 arXiv:2103.15691 \udfff")
def test_finding_never_raises_and_gives_canonical_ids(text: str) -> None:
    found = ids.find(text)
    assert all(ids.is_canonical(identifier) for identifier in found)
    assert len(found) == len(set(found))


no_digit = st.text(st.characters(exclude_categories=["Nd"]))
starts = st.sampled_from(
    ["arXiv:", "https://arxiv.org/abs/", "arXiv:hep-th/", "https://hf.co/papers/"]
)


@given(st.lists(starts | no_digit).map("".join))
def test_nothing_is_found_in_text_without_digits(text: str) -> None:
    assert ids.find(text) == []


def test_a_megabyte_made_to_hurt_is_read_in_linear_time() -> None:
    # Quadratic time on any one of these would take minutes instead of a fraction of a second.
    nasty = [
        "arxiv.org/" + "/" * 60_000,
        "arxiv" + " " * 60_000,
        "arxiv:" * 10_000,
        "arxiv.org/" * 6_000,
        "alphaxiv.org/aa/bb/cc/" * 3_000,
        "10.1234/" * 8_000,
        "arxiv:aaaaaaaa.bbbbbbbbb///" * 2_500,
        "2103.15691v1        [aaaaaaaa.bbbbbbbbb" * 1_500,
        "1997hep.th...11200" * 3_500,
        "corr" + " abs" * 15_000,
        "\u200b" * 60_000,
        "%2F" * 20_000,
        "&#x2F;" * 10_000,
        "&" * 60_000,
        "\\" * 60_000,
        "1" * 60_000,
        "a-" * 30_000,
        "eprint   =   " * 5_000,
    ]
    text = "\n".join(nasty) + "\nhttps://arxiv.org/abs/1706.03762"
    assert len(text) > 1_000_000
    assert ids.find(text)[-1] == "1706.03762"


@pytest.mark.parametrize(
    ("text", "identifier", "version"),
    [
        ("2103.15691", "2103.15691", None),
        (" <2103.15691v2> ", "2103.15691", 2),
        ("[2103.15691].", "2103.15691", None),
        ("math.GT/0309136v2", "math/0309136", 2),
        ("HEP-TH/9711200", "hep-th/9711200", None),
        ("abs/2103.15691v11", "2103.15691", 11),
        ("2103.15691v1.pdf", "2103.15691", 1),
        ("http://arxiv.org/abs/2103.15691v3", "2103.15691", 3),
        ("oai:arXiv.org:2103.15691v1", "2103.15691", 1),
        ("2103.15691v1 and https://arxiv.org/abs/2103.15691v2", "2103.15691", 2),
    ],
)
def test_what_a_person_types_is_read_with_its_version(
    text: str, identifier: str, version: int | None
) -> None:
    assert ids.split_version(text) == (identifier, version)
    assert ids.normalise(text) == identifier
    assert ids.version(text) == version


@pytest.mark.parametrize(
    "text", ["", "hello", "2103.1569", "2103.15691 2103.14030", "12", "x" * 5000]
)
def test_what_cannot_be_read_is_answered_with_examples(text: str) -> None:
    with raises_saying(InputError, r"2103\.15691, hep-th/9901001 or https://arxiv\.org") as error:
        ids.normalise(text)
    assert len(words_of(error.value)) < 250


def test_several_papers_where_one_is_asked_for_are_all_named() -> None:
    with raises_saying(InputError, r"2 papers: 2103\.15691, 2103\.14030"):
        ids.normalise("arXiv:2103.15691 arXiv:2103.14030")


@pytest.mark.parametrize(
    "text",
    ["", "2103.15691v1", "HEP-TH/9711200", "math.GT/0309136", "2113.15691", "arXiv:2103.15691"],
)
def test_only_the_canonical_form_is_canonical(text: str) -> None:
    assert not ids.is_canonical(text)
    with pytest.raises(InputError):
        ids.sort_key(text)


def test_ids_sort_by_age_across_both_styles() -> None:
    by_age = [
        "hep-th/9108001",
        "hep-th/9912031",
        "cs/0001002",
        "hep-th/0001002",
        "math/0703700",
        "0704.0001",
        "1412.6980",
        "1501.00001",
        "2103.14030",
        "2103.15691",
    ]
    by_name = sorted(by_age)
    assert by_name != by_age
    assert sorted(by_name, key=ids.sort_key) == by_age
    assert ids.month("hep-th/9912031") == (1999, 12)
    assert ids.month("2103.15691") == (2021, 3)
