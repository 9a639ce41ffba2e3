"""X's search operators, as far as a paper bot needs them, and its refusals.

From the operators page (2026-08): words and operators joined by spaces mean AND, which binds
stronger than OR; a minus negates one operator, never a group; ``is:``, ``has:``, ``lang:`` and
``min_*`` need a standalone operator beside them; ``min_faves`` and ``min_retweets`` are names of
the website and are refused.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from tests.services.x_posts import XPost

_TOKEN = re.compile(r'\(|\)|-?\(|-?(?:[\w.]+:)?"[^"]*"|[^\s()]+')
Matcher = Callable[[XPost], bool]


class BadQuery(ValueError):
    """What X says about a query that it does not take."""


@dataclass(frozen=True, slots=True)
class Node:
    matches: Matcher
    standalone: bool


def compiled(query: str, strict_tokens: bool = False) -> Matcher:
    """A function that says whether a post is found.

    How X tokenises ``2611.10001v2`` is not documented. By default ``url:"2611.10001"`` finds it
    too; with ``strict_tokens`` only the very id.
    """
    parser = _Parser(_TOKEN.findall(query), strict_tokens)
    node = parser.either()
    if parser.tokens:
        raise BadQuery(f"extraneous input '{parser.tokens[0]}'")
    if not node.standalone:
        raise BadQuery("Rules must contain at least one positive, non-stopword clause")
    return node.matches


class _Parser:
    def __init__(self, tokens: list[str], strict: bool) -> None:
        self.tokens = tokens
        self._strict = strict

    def either(self) -> Node:
        nodes = [self._all()]
        while self.tokens[:1] == ["OR"]:
            self.tokens.pop(0)
            nodes.append(self._all())
        return Node(
            lambda post: any(node.matches(post) for node in nodes),
            all(node.standalone for node in nodes),
        )

    def _all(self) -> Node:
        nodes: list[Node] = []
        while self.tokens and self.tokens[0] not in ("OR", ")"):
            nodes.append(self._one(self.tokens.pop(0)))
        if not nodes:
            raise BadQuery("no viable alternative at input ''")
        return Node(
            lambda post: all(node.matches(post) for node in nodes),
            any(node.standalone for node in nodes),
        )

    def _one(self, token: str) -> Node:
        if token == "-(":
            raise BadQuery("Negating a group is not supported")
        if token == "(":
            node = self.either()
            if self.tokens[:1] != [")"]:
                raise BadQuery("missing ')' at '<EOF>'")
            self.tokens.pop(0)
            return node
        if token.startswith("-"):
            inner = self._operator(token[1:])
            return Node(lambda post: not inner.matches(post), False)
        return self._operator(token)

    def _operator(self, token: str) -> Node:
        name, colon, value = token.partition(":")
        if not colon or name.startswith('"'):
            return _word(token.strip('"'))
        value = value.strip('"')
        if name == "url":
            return Node(_url(value, self._strict), True)
        if name == "from":
            return Node(lambda post: post.author == value or post.author_id == value, True)
        if name in ("min_likes", "min_reposts", "min_replies"):
            return _minimum(name, value)
        if name == "lang":
            return Node(lambda post: post.lang == value, False)
        return _flag(name, value)


def _word(phrase: str) -> Node:
    wanted = phrase.lower()
    return Node(lambda post: wanted in post.text.lower(), True)


def _minimum(name: str, value: str) -> Node:
    if not value.isdigit():
        raise BadQuery(f"{name} needs a number, not '{value}'")
    least = int(value)
    attribute = name.removeprefix("min_")
    return Node(lambda post: bool(getattr(post, attribute) >= least), False)


_FLAGS: dict[tuple[str, str], Matcher] = {
    ("is", "retweet"): lambda post: post.repost_of is not None,
    ("is", "quote"): lambda post: post.quote_of is not None,
    ("is", "reply"): lambda post: post.reply_to is not None,
    ("has", "links"): lambda post: bool(post.urls),
}


def _flag(name: str, value: str) -> Node:
    found = _FLAGS.get((name, value))
    if found is None:
        raise BadQuery(f"Reference to invalid operator '{name}'. Operator is not available")
    return Node(found, False)


def _url(value: str, strict: bool) -> Matcher:
    """The tokens of ``value`` stand side by side in an address (short, expanded or unwound)."""
    wanted = _tokens(value)
    if not wanted:
        raise BadQuery("url needs a value")

    def found(url: str) -> bool:
        have = _tokens(url)
        return any(
            _starts(have[at:], wanted, strict)
            for at, token in enumerate(have)
            if token.startswith(wanted[0])
        )

    return lambda post: any(found(url) for url in (*post.urls, *post.short_links))


@lru_cache(maxsize=1 << 17)
def _tokens(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def _starts(have: list[str], wanted: list[str], strict: bool) -> bool:
    head = have[: len(wanted)]
    if not strict and len(head) == len(wanted):
        head = [*head[:-1], re.sub(r"(?<=\d)v\d+$", "", head[-1])]
    return head == wanted
