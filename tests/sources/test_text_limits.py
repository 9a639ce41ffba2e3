"""Texts longer than any of arXiv's are cut where they come in, by whatever door."""

import logging
from collections.abc import Callable
from datetime import UTC, date, datetime

import msgspec
import pytest

from bot.models import Paper
from bot.sources import text_limits
from bot.sources.arxiv.atom import parse_feed
from bot.sources.arxiv.listing_pages import parse_new
from bot.sources.arxiv.oai_xml import parse_records
from bot.sources.arxiv.snapshot import parse_line
from bot.sources.decoding import Skipped
from tests.services import arxiv_world
from tests.services.arxiv_feed import feed
from tests.services.arxiv_oai import Repository
from tests.services.arxiv_pages import new_page
from tests.services.arxiv_world import Announced, submitted_for

DAY = date(2026, 11, 18)
NOON = datetime(2026, 11, 18, 17, tzinfo=UTC)
HUGE = 600_000  # a word is six letters with its space
WORDS = "large " * (HUGE // 6)


def huge(words: str = WORDS) -> arxiv_world.Paper:
    return arxiv_world.Paper(
        id="2611.00001",
        title=words,
        categories=("cs.LG",),
        submitted=submitted_for(DAY),
        listed=DAY,
        authors=(words, "Bo Fictus"),
        abstract=words,
        comments=words,
        journal_ref=words,
        doi="1" * len(words),
    )


def by_feed() -> Paper:
    [found] = parse_feed(feed("cs.LG", DAY, [Announced("new", huge(), 1)]).encode()).listed
    return found.paper


def by_page() -> Paper:
    page = new_page("cs.LG", DAY, [Announced("new", huge(), 1)], 0, 2000, True)
    [found] = parse_new(page.encode(), ["cs.LG"]).listed
    return found.paper


def by_oai() -> Paper:
    query = {"verb": "ListRecords", "metadataPrefix": "arXivRaw"}
    # What is larger as a whole is refused before anything of it is read.
    body = Repository([huge(WORDS[:100_000])], 2000, True).answer(query, NOON)
    [found] = parse_records(body.encode()).records
    return found.paper()


def by_snapshot() -> Paper:
    made = huge()
    row = {
        "id": made.id,
        "title": made.title,
        "authors": ", ".join(made.authors),
        "abstract": made.abstract,
        "comments": made.comments,
        "journal-ref": made.journal_ref,
        "doi": made.doi,
        "license": WORDS,
        "categories": "cs.LG",
        "versions": [{"version": "v1", "created": "Mon, 1 Mar 2021 18:00:25 GMT"}],
    }
    return parse_line(msgspec.json.encode(row)).paper()


@pytest.mark.parametrize("read", [by_feed, by_page, by_oai, by_snapshot])
def test_what_is_too_long_is_cut_and_said_with_the_papers_id(
    read: Callable[[], Paper], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        paper = read()
    longest = text_limits.MAX_CHARACTERS
    assert 0 < len(paper.title) <= len(paper.raw_title) <= longest["title"]
    assert 0 < len(paper.raw_abstract) <= longest["abstract"]
    assert len(paper.abstract) <= longest["abstract"]
    assert sum(map(len, paper.authors)) <= len(paper.raw_authors) <= longest["authors"]
    for kept, name in (
        (paper.comment, "comments"),
        (paper.journal_ref, "journal-ref"),
        (paper.doi, "doi"),
        (paper.license_url, "license"),
    ):
        assert len(kept or "") <= longest[name]
    assert "paper.text_cut paper=2611.00001 field=title characters=" in caplog.text


def test_what_arxiv_has_stays_as_it_is() -> None:
    everybody = ", ".join(["Maximiliane Musterfrau-Beispiel"] * 3_500)
    for name, text in (("title", "x" * 500), ("abstract", "x" * 6_000), ("authors", everybody)):
        assert text_limits.within("2611.00001", name, text) == text


def test_what_is_wrong_with_an_entry_fits_a_line_of_the_log() -> None:
    assert len(str(Skipped("x" * 9_000, "y" * 9_000))) < 500
    assert text_limits.said("  a\n b ") == "a b"
