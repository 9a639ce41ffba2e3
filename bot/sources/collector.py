"""What a post source has found so far, what went wrong on the way, and what that amounts to."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.errors import HotpapersError, Unreachable
from bot.models import Network, Outcome, Post, Status
from bot.problems import Code, Problem, several
from bot.sources import Collected
from bot.sources.decoding import Skipped, tell_skipped

logger = logging.getLogger(__name__)

SHOWN = 2


def not_finished(service: str, seconds: float) -> Unreachable:
    """What ends a collection after ``seconds``."""
    return Unreachable(Problem(Code.NOT_FINISHED_IN_TIME, service=service, seconds=seconds))


@dataclass(slots=True)
class Gathering:
    """Any of the ``problems`` makes the outcome INCOMPLETE at best."""

    network: Network
    posts: dict[str, Post] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    _failed: bool = False
    _skipped: list[Skipped] = field(default_factory=list)

    def add(self, posts: Iterable[Post]) -> None:
        self.posts |= {post.post_id: post for post in posts}

    def skip(self, skipped: Sequence[Skipped]) -> None:
        """One warning for each; the outcome names the first."""
        tell_skipped(logger, "source.entry_skipped", skipped, source=self.network)
        self._skipped += skipped

    def fail(self, error: HotpapersError) -> None:
        """The rest could not be asked. Without a post this is a failure of the whole source."""
        self._failed = True
        self.problems.append(error.problem)

    def collected(self, at: datetime, requests: int) -> Collected:
        """A post that was found and links no paper is gone: it was edited."""
        unlinked = [post_id for post_id, post in self.posts.items() if not post.arxiv_ids]
        for post_id in unlinked:
            del self.posts[post_id]
        outcome = Outcome(
            source=self.network,
            status=self._status(),
            at=at,
            reason=self._reason(),
            requests=requests,
            items=len(self.posts),
        )
        return Collected(
            network=self.network,
            posts=tuple(self.posts.values()),
            outcome=outcome,
            gone=(*self.gone, *unlinked),
            missing=tuple(self.missing),
        )

    def _status(self) -> Status:
        if self._failed and not self.posts:
            return Status.FAILED
        if self.problems or self._skipped:
            return Status.INCOMPLETE
        return Status.OK if self.posts else Status.EMPTY

    def _reason(self) -> Problem | None:
        """The first problems tell what is the matter; a digest has no room for fifteen."""
        reason = several(self.problems, SHOWN)
        if not self._skipped:
            return reason
        left_out = Problem(
            Code.ENTRIES_LEFT_OUT, entries=len(self._skipped), technical=str(self._skipped[0])
        )
        return several([reason, left_out]) if reason else left_out
