"""Words that are spelt almost like one that no paper says. Pure."""

from collections.abc import Callable, Iterator
from itertools import islice

from bot.search.values import Query, Term

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_MIN_LENGTH, _MAX_LENGTH = 4, 24  # of a word that is mended
_MAX_MENDED = 3  # words of a search: each is some hundred questions to the index


def suggest(query: Query, count: Callable[[str], int]) -> str | None:
    """``query`` as it may have been meant: each word that no paper says is one that papers do say,
    at one letter's difference, the commonest. None where nothing can be mended.

    ``count`` is in how many papers a folded word stands; it need not count beyond some hundred.
    """
    text = query.text
    unknown = (t for t in query.terms if _is_mended(t) and not count(t.words[0]))
    for term in islice(unknown, _MAX_MENDED):
        counts = {word: count(word) for word in dict.fromkeys(_neighbours(term.words[0]))}
        best = max(counts, key=lambda word: counts[word])
        if not counts[best] or term.typed not in text:
            return None
        text = text.replace(term.typed, best, 1)
    return text if text != query.text else None


def _is_mended(term: Term) -> bool:
    return (
        len(term.words) == 1
        and not (term.prefix or term.symbols or term.exact)
        and _MIN_LENGTH <= len(term.words[0]) <= _MAX_LENGTH
        and term.words[0].isascii()
    )


def _neighbours(word: str) -> Iterator[str]:
    """Every word at one letter's difference; two that changed places come first."""
    halves = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    yield from (a + b[1] + b[0] + b[2:] for a, b in halves if len(b) > 1)
    yield from (a + b[1:] for a, b in halves if b)
    yield from (a + letter + b for a, b in halves for letter in _LETTERS)
    yield from (a + letter + b[1:] for a, b in halves if b for letter in _LETTERS)
