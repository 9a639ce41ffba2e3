"""The language of a search: what is typed, what it means, where it cannot be read."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.search import explain
from bot.errors import QueryError
from bot.messages.problems import words_of
from bot.models import Paper
from bot.search import Place, fold, matches, parse, reasons, snippet, suggest, text_part
from tests import factories

TODAY = date(2021, 4, 1)
DAY = date(2021, 3, 30)
PAPER = factories.paper(
    "2103.15691",
    title="ViViT: A Video Vision Transformer",
    authors=("Anurag Arnab", "Mario Lučić", "Søren Łukasz Ørsted", "Cordelia Schmid"),
    categories=("cs.CV", "eess.IV"),
    abstract="Pure-transformer models for video; GPT-4 of size 𝒪(n²), and a β-VAE by Erdős.",
)


def ask(text: str, paper: Paper = PAPER, day: date | None = DAY) -> bool:
    return matches(parse(text, TODAY), paper, day)


@pytest.mark.parametrize(
    "text",
    [
        "video transformer",
        "TRANSFORMER video",
        '"video vision"',
        "“video vision”",
        "„video vision“",
        "pure-transformer",
        "gpt-4",
        "vision-transformer",
        "transf*",
        '"pure transformer models"',
        "lucic",
        "Lučić",
        r"Lu\v{c}i\'c",
        "orsted lukasz",
        "author:schmid",
        'author:"Anurag Arnab"',
        'author:"Arnab, Anurag"',
        "Video: vision transformer",
        'author:"a arnab"',
        "author:arnab_a",
        "author:schm*",
        "au:schmid",
        "O(n2)",
        r"$\beta$-VAE",
        "beta-vae",
        r"Erd\H{o}s",
        "title:vivit",
        "ViViT: A Video Vision Transformer",
        "cat:cs.CV",
        "cat:CS.cv",
        "cat:cs.*",
        "cat:cs",
        "cat:cs.CL,cs.CV",
        "cat:cs.CL, cs.CV",
        "cat:cs.CV cat:eess.IV",
        "cs.CV video",
        "after:2021-03-29",
        "before:2021-03-31",
        "on:2021-03-30",
        "on:2021",
        "on:2021-03",
        'on:"last tue"',
        "after:2020 before:2022",
        "video -survey",
        "video -author:lecun",
        "video -cat:cs.CL",
        'video -"video transformer"',
        '-survey "video vision"',
        "video - transformer",
        "video & transformer",
        "video AND transformer",
        "2103.15691",
        "arXiv:2103.15691v2",
        "https://arxiv.org/pdf/2103.15691",
        "[2103.15691] An old title that it had",
        "https://huggingface.co/papers/2103.15691",
    ],
)
def test_what_finds_the_paper(text: str) -> None:
    assert ask(text)


@pytest.mark.parametrize(
    "text",
    [
        "video survey",
        '"vision video"',
        "transform",
        "title:models",
        "author:transformer",
        'author:"Mario Arnab"',  # words of two people
        '"Arnab Mario"',
        "cat:cs.CL",
        "cat:cs.CV cat:cs.CL",
        "after:2021-03-30",
        "before:2021-03-30",
        "after:2021-03",
        "on:2020",
        "video -transformer",
        "video -author:arnab",
        "video -cat:cs.CV",
        'video -"vision transformer"',
        "2103.15692",
    ],
)
def test_what_does_not(text: str) -> None:
    assert not ask(text)


def test_what_a_query_holds() -> None:
    query = parse('"large language" author:chen -survey cat:cs,stat.ML after:2021-03-28', TODAY)
    phrase, author = query.terms
    assert (phrase.words, phrase.place) == (("large", "language"), Place.ANY)
    assert (author.words, author.place) == (("chen",), Place.AUTHOR)
    assert [term.words for term in query.without] == [("survey",)]
    assert query.categories == (("cs.*", "stat.ML"),)
    assert (query.first, query.last) == (date(2021, 3, 29), None)


def test_what_is_said_twice_counts_once() -> None:
    assert (
        parse("video Video VIDEO cat:cs.CV cs.CV", TODAY).terms[1:]
        == parse("x Video VIDEO", TODAY).terms[1:]
    )
    assert parse("cat:cs.CV cs.CV", TODAY).categories == (("cs.CV",),)


def test_a_paper_without_a_day_answers_no_question_for_days() -> None:
    assert ask("video", day=None)
    assert not ask("video after:2000", day=None)


def test_words_that_only_look_like_operators_or_fields_are_words() -> None:
    loud = factories.paper(title="TO BE OR NOT TO BE", abstract="A ratio of 3:1 and an A* search.")
    assert ask("TO BE OR NOT TO BE", loud)
    assert ask("3:1", loud)
    assert ask("A* search", loud)
    assert not ask("B* search", loud)


@pytest.mark.parametrize(
    "text",
    [
        "BERT: pre-training", "BERT:pre-training", "std::vector", "x:y", "doi:10.1145/3292500",
        "urn:isbn:0451450523", "mailto:ada@example.org", '"venue:neurips"', "video: a survey",
    ],
)  # fmt: skip
def test_a_colon_in_a_title_or_an_address_is_no_field(text: str) -> None:
    query = parse(text, TODAY)
    assert query.terms
    assert not query.categories


def test_an_identifier_behind_a_field_that_is_none_is_found() -> None:
    assert parse("doi:10.48550/arXiv.2103.15691", TODAY).arxiv_ids == ("2103.15691",)
    assert parse("arxiv:2103.15691", TODAY).arxiv_ids == ("2103.15691",)


@pytest.mark.parametrize(
    ("text", "position", "said"),
    [
        ("", 0, "speculative decoding"),
        ("   ", 0, "speculative decoding"),
        ('video "vision transformer', 6, "never closed"),
        ('video ""', 6, "no word"),
        ("video author:", 13, "author:chen"),
        ('author:"!"', 0, "author:chen"),
        ("video autor:chen", 6, "Did you mean author:?"),
        ("abs:video", 0, "There is no abs:"),
        ("video venue:neurips", 6, "There is no venue: here. There are author:, title:, cat:"),
        ("venue:neurips", 0, 'put them into quotes: "venue:neurips"'),
        ("-journal:nature video", 1, "There is no journal:"),
        ("video cat:cs.XX", 10, "no category 'cs.XX'"),
        ("cat:cs.CL,cs.CLL", 10, "no category 'cs.CLL'"),
        ('cat:"cs.CL, cs.CLL"', 12, "no category 'cs.CLL'"),
        ("cat:,", 0, "cat:cs.CL"),
        ("-survey", 0, "what to look for"),
        ("-cat:cs.CV", 0, "what to look for"),
        ("before:blah video", 7, "'blah' is not a date"),
        ('video before:"blah blah"', 14, "'blah blah' is not a date"),
        ("after:2021-13", 6, "not a date"),
        ("after:2021-02-30", 6, "28 days"),
        ("before:03/04/2021", 7, "2021-04-03 or 2021-03-04"),
        ("after:9999", 6, "No day"),
        ("after:2021 before:2020", 0, "No day is both"),
        ("-before:2021 video", 0, "use after:"),
        ("video OR images", 6, "no OR"),
        ("video NOT images", 6, "-word"),
        ("https://example.com/paper", 0, "does not name a paper"),
        ("???", 0, "no word"),
        ("x" * 501, 500, "500 characters"),
        (" ".join(f"w{n}" for n in range(61)), 0, "60 words"),
    ],
)
def test_an_error_says_where_and_how_it_would_be_right(text: str, position: int, said: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text, TODAY)
    assert said in words_of(caught.value)
    assert (caught.value.query, caught.value.position) == (text, position)
    assert "author:lecun" in explain(caught.value)


def test_an_explanation_points_at_the_place() -> None:
    with pytest.raises(QueryError) as caught:
        parse("video cat:cs.XX", TODAY)
    _, query, pointer, examples = explain(caught.value).split("\n")
    assert query[pointer.index("^") :] == "cs.XX"
    assert examples.startswith("Examples: ")


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        query = parse(text, TODAY)
    except QueryError as caught:
        error = caught
    else:
        matches(query, PAPER, DAY)
        assert len(snippet(query, PAPER).text) <= len(PAPER.abstract)
        return
    assert 0 <= error.position <= len(text)
    assert words_of(error) in explain(error)


@given(st.text())
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


class TestRelevance:
    def value(self, text: str) -> float:
        return text_part(parse(text, TODAY), PAPER.title, PAPER.authors)

    def test_the_title_counts_most_then_the_authors(self) -> None:
        title, author, abstract = map(self.value, ("vivit", "schmid", "models"))
        assert title > author > abstract > 0

    def test_who_types_the_title_gets_it_first(self) -> None:
        assert self.value("video vision transformer") > self.value("vision video transformer")

    def test_the_reasons_name_each_word_and_its_place(self) -> None:
        query = parse('video author:schmid "pure transformer"', TODAY)
        assert reasons(query, PAPER.title, PAPER.authors) == (
            ("video", "title"),
            ("schmid", "author"),
            ("pure transformer", "abstract"),
        )

    def test_filters_alone_say_nothing_about_the_text(self) -> None:
        assert self.value("cat:cs.CV") == 0


class TestSnippet:
    LONG = factories.paper(
        abstract="Nothing of interest stands here. " * 20
        + "The speculative Décoding of tokens is fast. "
        + "Nothing of interest stands here. " * 20
    )

    def test_it_shows_the_place_with_most_of_what_was_asked_for(self) -> None:
        found = snippet(parse('"decoding of tokens" speculative', TODAY), self.LONG)
        assert "[speculative] [Décoding of tokens]" in found.marked("[", "]")
        assert len(found.text) <= 210

    @pytest.mark.parametrize("text", ["A GPT-4 transforms", "Über GPT-4 transforms"])
    def test_words_beginnings_and_what_a_hyphen_joins_are_marked(self, text: str) -> None:
        query = parse("gpt-4 transf*", TODAY)
        found = snippet(query, factories.paper(abstract=f"{text} GPT-40 pretransforms."))
        assert found.marked("[", "]").endswith("[GPT-4] [transforms] GPT-40 pretransforms.")

    def test_it_begins_and_ends_with_whole_words(self) -> None:
        found = snippet(parse("decoding", TODAY), self.LONG)
        words = found.text.strip("… ").split()
        assert found.text.startswith("… ")
        assert found.text.endswith(" …")
        assert set(words) <= set(self.LONG.abstract.split())

    def test_without_a_match_in_the_abstract_it_is_the_beginning(self) -> None:
        found = snippet(parse("author:muster", TODAY), self.LONG)
        assert found.text.startswith("Nothing of interest")
        assert found.marks == ()


@pytest.mark.parametrize(
    "text",
    [
        "CAT: Cross Attention in Vision Transformer", "On: the way", "Title: a story of titles",
        "By: nobody in particular", "Before: what came after", "Author: the death of one",
        "Attention is NOT all you need", "To see OR not to see in video models",
        " ".join(f"w{n}" for n in range(31)),
    ],
)  # fmt: skip
def test_a_title_is_found_by_its_own_text(text: str) -> None:
    paper = factories.paper(title=text, abstract="", authors=("Somebody",))
    query = parse(text, TODAY)
    assert query.terms
    assert matches(query, paper, None)


def test_a_field_before_its_value_is_one_in_any_case() -> None:
    assert parse("Author:chen", TODAY).terms[0].place == "author"
    with pytest.raises(QueryError):
        parse("video author:", TODAY)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("trasnformer", "transformer"), ("tranformer", "transformer"),
        ("ransformer", "transformer"),
        ("transfrmer video", "transformer video"), ("vidio transformer", "video transformer"),
        ("transformer", None), ("xyzzyx", None), ("vid", None), ('"trasnformer"', None),
    ],
)  # fmt: skip
def test_a_word_that_nothing_has_is_mended_by_one_that_papers_say(
    typed: str, meant: str | None
) -> None:
    said = {"transformer": 90, "transforme": 1, "video": 30}
    assert suggest(parse(typed, TODAY), lambda word: said.get(word, 0)) == meant


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ('on:"july 2020"', date(2020, 7, 1), date(2020, 7, 31)),
        ('on:"last week"', date(2021, 3, 22), date(2021, 3, 28)),
        ('on:"last year"', date(2020, 1, 1), date(2020, 12, 31)),
        ("on:30.3.21", DAY, DAY),
    ],
)
def test_spans_are_read_as_elsewhere(typed: str, first: date, last: date) -> None:
    query = parse(typed, TODAY)
    assert (query.first, query.last) == (first, last)
    with pytest.raises(QueryError):
        parse("video on:latest", TODAY)
