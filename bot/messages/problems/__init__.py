"""Problems in words: the one place where a code and its arguments become a sentence.

A module for each kind of code. ``WORDS`` has for every code a text with the arguments' names in
braces, or a function that takes them by name. Dates and times come as ISO 8601 texts, a problem
inside a problem as its words.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from bot.errors import HotpapersError
from bot.messages.problems import (
    archive,
    arxiv,
    delivery,
    http,
    networks,
    selection,
    startup,
    typed,
)
from bot.problems import Argument, Code, Problem

Words: TypeAlias = str | Callable[..., str]


def _several(problems: Sequence[str]) -> str:
    return "; ".join(problems)


WORDS: Mapping[Code, Words] = {
    Code.LEGACY: "{text}",
    Code.SEVERAL: _several,
    **http.WORDS,
    **arxiv.WORDS,
    **networks.WORDS,
    **archive.WORDS,
    **typed.WORDS,
    **delivery.WORDS,
    **selection.WORDS,
    **startup.WORDS,
}


def render(problem: Problem) -> str:
    """The problem as people read it, without addresses and secrets: those belong to the log."""
    words = WORDS[problem.code]
    arguments = {name: _rendered(value) for name, value in problem.arguments.items()}
    try:
        return words.format(**arguments) if isinstance(words, str) else words(**arguments)
    except (LookupError, TypeError, ValueError):  # stored by a version with other arguments
        return str(problem)


def words_of(error: Exception) -> str:
    """An error as people read it, with what mends it; one not ours by what it says itself."""
    if not isinstance(error, HotpapersError):
        return str(error)
    return " ".join(filter(None, (render(error.problem), archive.mend(error.problem))))


def _rendered(value: Argument) -> object:
    if isinstance(value, Problem):
        return render(value)
    return tuple(map(_rendered, value)) if isinstance(value, tuple) else value
