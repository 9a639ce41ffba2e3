"""Problems in words: the one place where a code and its arguments become a sentence.

A module for each kind of code. ``WORDS`` has for every code a text with the arguments' names in
braces, or a function that takes them by name. Dates and times come as ISO 8601 texts, a problem
inside a problem as its words. What is for the log only (``FOR_THE_LOG``) does not come.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from bot.errors import HotpapersError
from bot.messages.problems import (
    archive,
    arxiv,
    blog,
    delivery,
    http,
    networks,
    selection,
    startup,
    typed,
)
from bot.problems import FOR_THE_LOG, Argument, Code, Problem

Words: TypeAlias = str | Callable[..., str]


def _several(problems: Sequence[str], more: int = 0) -> str:
    """``more`` are those that are not among them."""
    return "; ".join([*problems, *([f"and {more} more"] if more else [])])


WORDS: Mapping[Code, Words] = {
    Code.LEGACY: "{text}",
    Code.SEVERAL: _several,
    **http.WORDS,
    **arxiv.WORDS,
    **networks.WORDS,
    **archive.WORDS,
    **typed.WORDS,
    **blog.WORDS,
    **delivery.WORDS,
    **selection.WORDS,
    **startup.WORDS,
}


def render(problem: Problem) -> str:
    """The problem as people read it, without addresses and secrets: those belong to the log."""
    words = WORDS[problem.code]
    arguments = {
        name: _rendered(value)
        for name, value in problem.arguments.items()
        if name not in FOR_THE_LOG
    }
    try:
        return words.format(**arguments) if isinstance(words, str) else words(**arguments)
    except (
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    ):  # stored by a version that gave other arguments
        return str(problem.shown)


def words_or_nothing(problem: Problem | None) -> str:
    """The words of a reason that there need not be."""
    return render(problem) if problem is not None else ""


def words_of(error: Exception) -> str:
    """An error as people read it, with what mends it; one not ours by what it says itself."""
    if not isinstance(error, HotpapersError):
        return str(error)
    return " ".join(filter(None, (render(error.problem), archive.mend(error.problem))))


def _rendered(value: Argument) -> object:
    if isinstance(value, Problem):
        return render(value)
    return tuple(map(_rendered, value)) if isinstance(value, tuple) else value
