"""Nobody makes a reader work for the square of what was typed or fetched.

Each reads a text of one shape, then one four times as long. That takes four times as long where
work grows as the text does, and sixteen times where it grows with its square. Time is the
process's own; a shape fails only when three tries in a row say so.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from bot import parsing, text
from bot.arxiv import ids, taxonomy
from bot.demo.preview.markdown import markdown
from bot.errors import InputError, SourceError
from bot.parsing import lists
from bot.parsing.date_completion import complete
from bot.parsing.times import parse_hour
from bot.parsing.zones import find_zone, search_zones
from bot.search import parse, relevance
from bot.search.keywords import read_keywords
from bot.search.normalize import fold
from bot.sources.arxiv.listing_pages import parse_catchup
from bot.sources.x.oembed import parse_oembed
from bot.text import links
from bot.text.truncate import calm, isolate
from tests.factories import paper

TODAY = date(2026, 11, 30)
QUERY = parse('a large "a b"', TODAY)
LENGTH = 1_500
WORTH_MEASURING = 0.02  # seconds of the longer text; beneath, the clock decides
MOST = 9.0  # between 4 and 16


def _snippet(words: str) -> object:
    found = paper(title=words, authors=(words,), abstract=words)
    relevance.reasons(QUERY, words, (words,))
    return relevance.snippet(QUERY, found)


def _oembed(words: str) -> object:
    html = f"<blockquote><p>{words}</p></blockquote>"
    return parse_oembed(b'{"html": %s}' % repr(html).replace("'", '"').encode())


def _page(words: str) -> object:
    body = f"<h1>{words}</h1><dl><dt><a href='/html/{words}'>x</a></dt><dd>{words}</dd></dl>"
    return parse_catchup(body.encode("utf-8", "replace"), ["cs.CL"])


READERS: dict[str, Callable[[str], object]] = {
    "plain": text.plain,
    "name": text.name,
    "split_authors": text.split_authors,
    "escape": text.escape,
    "escape_to": lambda words: text.escape_to(words, LENGTH),
    "label": lambda words: text.label(words, 80),
    "calm": calm,
    "isolate": isolate,
    "link_label": lambda words: links.link_label(words, len(words)),
    "web_address": lambda words: links.web_address(f"https://x.example/{words}", 10**6),
    "ids.find": ids.find,
    "ids.normalise": ids.normalise,
    "taxonomy.resolve_pattern": taxonomy.resolve_pattern,
    "dates.parse": lambda words: parsing.parse(words, TODAY),
    "dates.complete": lambda words: complete(words, TODAY),
    "parse_hour": parse_hour,
    "find_zone": find_zone,
    "search_zones": search_zones,
    "typed.categories": lists.categories,
    "typed.keywords": read_keywords,
    "typed.when": lists.when,
    "typed.size": lists.size,
    "query": lambda words: parse(words, TODAY),
    "fold": fold,
    "snippet": _snippet,
    "markdown": lambda words: markdown(words, zone=ZoneInfo("UTC")),
    "oembed": _oembed,
    "listing page": _page,
}
SHAPES = (
    "a", "a ", "1 ", "a,", " ", "\n", "(", "(a", "a)", "{", "{a", "}", "[", "](", "[a](b)", "<",
    "<@1>", "$", "$x$", "\\", "\\alpha ", "\\'{", "\\frac{", "\\text{", "^{", "*", "**", "_", "`",
    "||", '"', "'", ":", ":a:", "cat:", "-", "# ", "> ", "1. ", "@", "https://", "http://a.b/c ",
    "arxiv.org/abs/", "2103.00001 ", "hep-th/", "&amp;", "%20", "a and ", "(for the ", "\u0301",
    "\u202e", "\u200b", "א ", "🎉", "\t", "/html/", "Catchup results for ",
)  # fmt: skip


def _seconds(read: Callable[[str], object], words: str) -> float:
    started = time.process_time()
    with suppress(InputError, SourceError):  # a refusal must come as soon
        read(words)
    return time.process_time() - started


def _growth(read: Callable[[str], object], shape: str, before: str) -> float:
    short, long = (f"{before}{shape * (n // len(shape))}" for n in (LENGTH, 4 * LENGTH))
    taken = _seconds(read, long)
    if taken < WORTH_MEASURING:
        return 1.0
    return taken / min(_seconds(read, short) for _ in range(3))


@pytest.mark.rehearsal
@pytest.mark.parametrize("name", READERS)
def test_four_times_the_text_is_about_four_times_the_work(name: str) -> None:
    read = READERS[name]
    slow = [
        (before, shape)
        for shape in SHAPES
        for before in ("", "($", "1")
        if all(_growth(read, shape, before) > MOST for _ in range(3))
    ]
    assert slow == []


def test_a_snippet_of_many_marks_holds_most_of_them() -> None:
    found = paper(abstract=f"{'word ' * 100}{'large ' * 30}{'word ' * 100}")
    shown = relevance.snippet(parse("large", TODAY), found)
    assert len(shown.marks) == shown.text.count("large") > 15


@pytest.mark.parametrize("words", ["1 " * 300, "3 days 3 days 3 days", "1 1 1 1 1 1"])
def test_many_words_complete_to_no_date(words: str) -> None:
    assert complete(words, TODAY) == []
