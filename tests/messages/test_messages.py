"""The texts that members read: what is true of all of them, and that they stand in one place."""

import ast
import inspect

import pytest
import regex

from bot import messages

BASE = "http://127.0.0.1:80/2/tweets"
QUERY = '?query=(url:"arxiv.org"+OR+url:"hf.co")+-is:retweet+(min_likes:10)&fields=a,b;c'


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (f"x.org answered 500 to {BASE}{QUERY}", "x.org answered 500 to 127.0.0.1:80"),
        (
            f"feed: answered 404 to {BASE}/a?b=c,d; listing: {BASE}, then (see {BASE}/e)",
            "feed: answered 404 to 127.0.0.1:80; listing: 127.0.0.1:80, then (see 127.0.0.1:80)",
        ),
        (f"x.org did not answer in time ({BASE}{QUERY})", "x.org did not answer in time"),
        (
            f"feed: late; oai: x.org answered 404 to https://x.org/oai{QUERY}, then; listing: x.org"
            " answered 404 to https://x.org.uk/a; x.org broke off its answer to https://x.org/e",
            "feed: late; oai: x.org answered 404, then; listing: x.org answered 404 to x.org.uk;"
            " x.org broke off its answer",
        ),
    ],
)
def test_an_address_is_told_by_its_host(reason: str, said: str) -> None:
    assert messages.networks.plainly(reason) == said


@pytest.mark.parametrize("module", messages.__all__)
def test_no_word_of_ours_needs_an_emoji(module: str) -> None:
    source = ast.parse(inspect.getsource(getattr(messages, module)))
    said = [node.value for node in ast.walk(source) if isinstance(node, ast.Constant)]
    emoji = regex.compile(r"\p{Emoji_Presentation}|\ufe0f|:\w+:")
    assert not [each for each in said if isinstance(each, str) and emoji.search(each)]


def test_a_line_of_authors_names_the_first_and_counts_the_rest() -> None:
    names = [f"A. {letter}" for letter in "BCDEFGHIJK"]
    assert messages.common.listed(names, most=3) == "A. B, A. C, A. D and 7 more"
    assert messages.common.listed(names[:3], most=3) == "A. B, A. C and A. D"
    assert messages.common.listed(names[:2], most=3) == "A. B and A. C"
    assert messages.common.listed(names[:1], most=3) == "A. B"
    assert messages.common.listed([], most=3) == ""
    assert messages.common.listed(["X"] * 3000, most=1) == "X and 2,999 more"
