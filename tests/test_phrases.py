"""What readers are told of a service that failed."""

import ast
import inspect

import pytest
import regex

from bot import phrases

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
    ],
)
def test_an_address_is_told_by_its_host(reason: str, said: str) -> None:
    assert phrases.networks.plainly(reason) == said


@pytest.mark.parametrize("module", phrases.__all__)
def test_no_word_of_ours_needs_an_emoji(module: str) -> None:
    source = ast.parse(inspect.getsource(getattr(phrases, module)))
    said = [node.value for node in ast.walk(source) if isinstance(node, ast.Constant)]
    emoji = regex.compile(r"\p{Emoji_Presentation}|\ufe0f|:\w+:")
    assert not [each for each in said if isinstance(each, str) and emoji.search(each)]
