"""`python -m tests.hostile`: a hundred thousand hostile papers in every kind of message.

`HOSTILE_PAPERS` (100,000) papers, `HOSTILE_WORKERS` (as many as there are cores) side by side,
`HOSTILE_SEED` (1) for the first batch of six. A batch is the same whenever and wherever it is made;
what does not hold is reported with its batch, and with the least that still does not hold.
"""

import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pprint import pformat
from typing import TypeVar

from bot.models import Paper, PostReference, RankedPaper, Ranking
from tests.hostile.invariants import OF_OTHERS, OF_PAPERS, PAPERS, Trial, attempt, batch

_CHUNK = 50
_OTHERS_EACH = 10
_MAX_ATTEMPTS = 500  # to make a finding shorter
_MAX_FAILURES = 5
_MAX_REPORTED = 4000  # characters: a paper that was made short, of which the seed makes the rest


@dataclass(frozen=True, slots=True)
class Failure:
    """A trial of a batch that did not hold, and the least paper with which it does not."""

    number: int
    trial: str
    said: str
    papers: str


def main(papers: int, workers: int, seed: int) -> int:
    """The exit code: 1 when anything did not hold."""
    batches = -(-papers // PAPERS)
    starts = range(seed, seed + batches, _CHUNK)
    sizes = [min(_CHUNK, seed + batches - start) for start in starts]
    began, done, failures = time.monotonic(), 0, list[Failure]()
    with ProcessPoolExecutor(workers) as pool:
        for size, failed in zip(sizes, pool.map(_chunk, starts, sizes), strict=True):
            done += size * PAPERS
            failures += failed
            if failed or done % (_CHUNK * PAPERS * 10) == 0:
                _say(f"{done:,} papers, {time.monotonic() - began:,.0f} s")
            for failure in failed:
                _report(failure)
            if len(failures) >= _MAX_FAILURES:
                pool.shutdown(cancel_futures=True)
                break
    trials = len(OF_PAPERS) + len(OF_OTHERS)
    _say(f"{done:,} papers in {trials} trials: {len(failures)} did not hold.")
    return 1 if failures else 0


def _chunk(start: int, size: int) -> list[Failure]:
    return [failure for number in range(start, start + size) for failure in _tried(number)]


def _tried(number: int) -> Iterator[Failure]:
    found = batch(number)
    for trial in (*OF_PAPERS, *(OF_OTHERS if number % _OTHERS_EACH == 0 else ())):
        error = _error(trial, number, found)
        if error is not None:
            least = _least(found, partial(_fails, trial, number))
            yield Failure(number, trial.__name__, error, pformat(least.papers, width=100))


def _fails(trial: Trial, number: int, found: Ranking) -> bool:
    return _error(trial, number, found) is not None


def _error(trial: Trial, number: int, found: Ranking) -> str | None:
    """What a trial that does not hold says."""
    try:
        attempt(trial, number, found)
    except Exception:  # whatever it is, it is the finding
        return traceback.format_exc(limit=-4)
    return None


# --- the least that does not hold ---------------------------------------------------------------

Fails = Callable[[Ranking], bool]


def _least(found: Ranking, fails: Fails) -> Ranking:
    """With fewer papers, posts and authors, and shorter texts, as long as it still fails."""
    for each in found.papers:
        if fails(alone := replace(found, papers=(each,))):
            found = alone
            break
    candidates = _smaller(found)
    for _ in range(_MAX_ATTEMPTS):
        smaller = next(candidates, None)
        if smaller is None:
            break
        if fails(smaller):
            found, candidates = smaller, _smaller(smaller)
    return found


def _smaller(found: Ranking) -> Iterator[Ranking]:
    for place, ranked in enumerate(found.papers):
        for less in _less(ranked):
            papers = (*found.papers[:place], less, *found.papers[place + 1 :])
            yield replace(found, papers=papers)


def _less(ranked: RankedPaper) -> Iterator[RankedPaper]:
    paper = ranked.paper
    for posts in _shorter(ranked.posts):
        yield replace(ranked, posts=posts)
    for place, post in enumerate(ranked.posts):
        for less in _less_post(post):
            yield replace(ranked, posts=(*ranked.posts[:place], less, *ranked.posts[place + 1 :]))
    for names in _shorter(paper.authors):
        yield replace(ranked, paper=replace(paper, authors=names))
    for less_of_it in _less_paper(paper):
        yield replace(ranked, paper=less_of_it)


def _less_paper(paper: Paper) -> Iterator[Paper]:
    for title in _shorter(paper.title):
        yield replace(paper, title=title)
    for abstract in _shorter(paper.abstract):
        yield replace(paper, abstract=abstract)
    for comment in _shorter(paper.comment or ""):
        yield replace(paper, comment=comment)
    for name in _shorter(paper.authors[0]) if len(paper.authors) == 1 else ():
        yield replace(paper, authors=(name,))


def _less_post(post: PostReference) -> Iterator[PostReference]:
    for author in _shorter(post.author):
        yield replace(post, author=author)
    for url in _shorter(post.url):
        yield replace(post, url=url)


Some = TypeVar("Some", str, tuple[PostReference, ...], tuple[str, ...])


def _shorter(whole: Some) -> Iterator[Some]:
    """Without its half, its quarter, ... its single things, one after the other."""
    size = len(whole)
    while size:
        for start in range(0, len(whole), size):
            yield whole[:start] + whole[start + size :]
        size //= 2


def _report(failure: Failure) -> None:
    _say(f"\n{failure.trial} did not hold, HOSTILE_SEED={failure.number} HOSTILE_PAPERS={PAPERS}:")
    _say(f"{failure.said}\nwith these papers, as short as it could be made:")
    _say(f"{failure.papers[:_MAX_REPORTED]}\n")


def _say(line: str) -> None:
    sys.stdout.write(line.encode("ascii", "backslashreplace").decode() + "\n")
    sys.stdout.flush()


def _number(name: str, default: int) -> int:
    return int(os.environ.get(name) or default)


if __name__ == "__main__":
    cores = os.cpu_count() or 1
    sys.exit(
        main(
            _number("HOSTILE_PAPERS", 100_000),
            _number("HOSTILE_WORKERS", cores),
            _number("HOSTILE_SEED", 1),
        )
    )
