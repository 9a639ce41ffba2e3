"""Every exception that this program raises on purpose.

    HotpapersError
    ├── ConfigError              the configuration has problems; carries all of them
    ├── InputError               what somebody typed cannot be understood
    │   ├── UnknownCategory      no such category; carries close matches
    │   ├── UnreadableDate       no date can be read from the text
    │   ├── QueryError           a search query is malformed; carries the position
    │   └── BlogFormatError      a post of the blog breaks the format; carries the line
    ├── SourceError              a remote service did not give what it was asked for
    │   ├── Unreachable          no answer: refused, reset, timed out, name not found
    │   ├── Throttled            429, 503, 406 and their like; carries when to try again
    │   ├── Refused              another status that will not change by asking again
    │   │   └── OaiError         OAI-PMH's own words; carries its code (bot/sources/arxiv/)
    │   └── Malformed            an answer whose body is not what was promised
    ├── BudgetExhausted          our own limit for a source is reached
    ├── StoreError               the archive cannot be opened, read or written
    │   ├── ArchiveBusy          another process holds the archive
    │   └── UnreadableRow        one row holds what nothing can be made of; carries which
    └── DeliveryError            Discord did not take a message
        └── Unclear              it may have; whoever sends looks (bot/delivery/discord_errors.py)

Helpers raise these; only edges (per source, per channel, per job, per command) catch broadly.
What people read of one is made at the edge, by ``bot.messages.problems``.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.problems import Code, Problem


class HotpapersError(Exception):
    """The root. ``problem`` says what happened as a code with arguments; ``bot.messages.problems``
    has its words. A sentence in place of a problem becomes one of code ``LEGACY``."""

    def __init__(self, problem: Problem | str) -> None:
        super().__init__(problem)  # as it was given, so that it comes whole out of other processes
        if isinstance(problem, str):
            problem = Problem(Code.LEGACY, text=problem)
        self.problem = problem


def own_fault(error: Exception) -> Problem:
    """Of an exception that nobody raised on purpose, for an edge that goes on without it."""
    return Problem(Code.OWN_FAULT, error=type(error).__name__, technical=repr(error))


class ConfigError(HotpapersError):
    """The configuration cannot be used. ``problems`` holds one sentence for each, with its key."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class InputError(HotpapersError):
    """What somebody typed cannot be understood."""


class UnknownCategory(InputError):
    """No arXiv category has this name. ``suggestions`` are close matches, best first."""

    def __init__(self, problem: Problem, text: str, suggestions: Sequence[str] = ()) -> None:
        super().__init__(problem)
        self.text = text
        self.suggestions = tuple(suggestions)


class UnreadableDate(InputError):
    """No date can be read from ``text``."""

    def __init__(self, problem: Problem, text: str) -> None:
        super().__init__(problem)
        self.text = text


class QueryError(InputError):
    """A search query is malformed at ``position`` (characters from 0)."""

    def __init__(self, problem: Problem, query: str, position: int) -> None:
        super().__init__(problem)
        self.query = query
        self.position = position


class BlogFormatError(InputError):
    """A post of the blog breaks the format at ``line`` (from 1)."""

    def __init__(self, problem: Problem, line: int) -> None:
        super().__init__(Problem(Code.BLOG_FORMAT, line=line, problem=problem))
        self.line = line


class SourceError(HotpapersError):
    """A remote service did not give what it was asked for."""

    def __init__(self, problem: Problem | str, *, url: str = "", status: int | None = None) -> None:
        super().__init__(problem)
        self.url = url
        self.status = status


class Unreachable(SourceError):
    """No answer came: refused, reset, timed out, or the name was not found."""


class Throttled(SourceError):
    """The service asks us to wait. ``retry_at`` is the time it named, if it named one."""

    def __init__(
        self,
        problem: Problem | str,
        *,
        url: str = "",
        status: int | None = None,
        retry_at: datetime | None = None,
    ) -> None:
        super().__init__(problem, url=url, status=status)
        self.retry_at = retry_at


class Refused(SourceError):
    """An answer that will not change by asking again, such as 401 or 404."""


class Malformed(SourceError):
    """The body is not what was promised: HTML for XML, cut off, or of another shape."""


class BudgetExhausted(HotpapersError):
    """Our own limit for a source is reached; nothing was sent."""


class StoreError(HotpapersError):
    """The archive cannot be opened, read or written."""


class ArchiveBusy(StoreError):
    """Another process holds the archive."""


class UnreadableRow(StoreError):
    """One row of the archive, ``key`` of ``table``, holds what nothing can be made of.

    ``why`` names the column and what is wrong with it.
    """

    def __init__(self, table: str, key: str, why: str) -> None:
        super().__init__(Problem(Code.ROW_UNREADABLE, table=table, key=key, why=why))
        self.table = table
        self.key = key
        self.why = why


class DeliveryError(HotpapersError):
    """Discord did not take a message."""
