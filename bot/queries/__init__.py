"""What a reader asks the archive: a ranking, a paper, the reasons of a score, a search, a digest.

The command line, the commands in Discord and the digests all read through here, so they cannot
say different things.

A day has one era: our own counts, or those that the old blog printed, which are never scored
again and never stand in one ranking with ours. A longer period shows one era as well: that
of most of its days, of the sound ones; ``Ranking.left_out`` says how many days of which other era
are not in it. ``era`` asks for another than the period's own, such as the
blog's counts of a day that we counted too.
"""

from bot.queries.blog_posts import blog_post
from bot.queries.digests import as_now, as_posted, posted_about, standing, with_posts
from bot.queries.papers import paper, search
from bot.queries.rankings import (
    Nearest,
    counted,
    filter_by_category,
    nearest,
    network_outcomes,
    newest_day,
    ranking,
    unharvested,
)
from bot.queries.values import AsPosted, FoundPaper, PaperView, PostedPaper, SearchResult, Standing
from bot.ranking.order import in_order, matching

__all__ = [
    "AsPosted",
    "FoundPaper",
    "Nearest",
    "PaperView",
    "PostedPaper",
    "SearchResult",
    "Standing",
    "as_now",
    "as_posted",
    "blog_post",
    "counted",
    "filter_by_category",
    "in_order",
    "matching",
    "nearest",
    "network_outcomes",
    "newest_day",
    "paper",
    "posted_about",
    "ranking",
    "search",
    "standing",
    "unharvested",
    "with_posts",
]
