"""A ranking of our own -> a post in the blog's form."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time

from bot.arxiv import ids
from bot.blog import embeds
from bot.blog.escaping import escape, escape_line
from bot.blog.lines import NAMES
from bot.blog.values import OURS, BlogPaper, BlogPost, NetworkCounts
from bot.errors import InputError
from bot.models import Network, RankedPaper, Ranking, Status
from bot.problems import Code, Problem

_FRONT = """\
---
title: Hot Papers {day}
date: {dated:%Y-%m-%dT%H:%M:%S}.Z
template: "post"
draft: false
slug: "hot-papers-{day}"
category: "arXiv"
tags:
{tags}
description: "Hot papers {day}"
socialImage: "{image}"
{ours}

---
"""
# Where an author ends: not before "Jr.".
_COMMA = re.compile(r",(?! (?:(?:Jr|Sr)\.?|I{2,3}|IV)$)")


def from_ranking(
    ranking: Ranking,
    *,
    topics: Sequence[str] = ("Machine Learning", "Computer Science"),
    image: str = "/media/flying-marine.jpg",
) -> BlogPost:
    """The ranking of one day; raises InputError for a longer period.

    Papers and posts are those given, in their order. ``topics`` are tags beside arXiv and the
    networks that answered. A day without a counting time is dated by the end of its date.
    """
    if ranking.start != ranking.end:
        raise InputError(Problem(Code.BLOG_HOLDS_ONE_DAY))
    counted_at = (ranking.counted_at or datetime.combine(ranking.end, time.max, UTC)).replace(
        microsecond=0
    )
    heard = _heard(ranking)
    tags = ["arXiv", *("Twitter" if n is Network.X else NAMES[n] for n in heard), *topics]
    return BlogPost(
        day=ranking.start,
        dated=counted_at.astimezone(UTC),
        front=_FRONT.format(
            day=ranking.start,
            dated=counted_at.astimezone(UTC),
            tags="\n".join(f'  - "{tag}"' for tag in tags),
            image=image,
            ours=OURS,
        ),
        papers=tuple(
            _paper(entry, rank, heard, counted_at.astimezone(UTC))
            for rank, entry in enumerate(ranking.papers, 1)
        ),
    )


def _heard(ranking: Ranking) -> list[Network]:
    """The networks that answered, if only in part."""
    answered = {
        outcome.source
        for outcome in ranking.outcomes
        if outcome.status in (Status.OK, Status.EMPTY, Status.INCOMPLETE)
    }
    return [network for network in Network if network in answered]


def _paper(
    entry: RankedPaper, rank: int, heard: Sequence[Network], counted_at: datetime
) -> BlogPaper:
    paper = entry.paper
    return BlogPaper(
        rank=rank,
        arxiv_id=paper.arxiv_id,
        title=escape_line(paper.title) or paper.arxiv_id,
        authors=", ".join(_COMMA.sub("&#44;", escape_line(author)) for author in paper.authors),
        counts=_counts(entry, heard),
        counted_at=counted_at,
        links=(ids.abs_url(paper.arxiv_id), ids.pdf_url(paper.arxiv_id)),
        categories=paper.categories,
        abstract=escape(paper.abstract),
        embeds=tuple(filter(None, map(embeds.embed, entry.posts))),
    )


def _counts(entry: RankedPaper, heard: Sequence[Network]) -> tuple[NetworkCounts, ...]:
    """X's counts whenever it answered, as the form has them first; others' where there are any."""
    found = [NetworkCounts(part.network, part.reposts, part.likes) for part in entry.parts]
    if Network.X in heard and all(counts.network is not Network.X for counts in found):
        found.insert(0, NetworkCounts(Network.X, 0, 0))
    return tuple(found)
