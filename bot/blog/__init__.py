"""The old blog's Markdown, read and written. Pure.

A post holds one listing day: front matter, then papers in the order of their rank::

    ---
    title: Hot Papers 2021-03-30
    date: 2021-03-31T10:26:50.Z
    ...

    ---

    # 1. Title

    First Author, Second Author

    - retweets: 2739, favorites: 330 (03/31/2021 10:26:50)

    - links: [abs](https://arxiv.org/abs/ID) | [pdf](https://arxiv.org/pdf/ID)
    - [cs.CV](https://arxiv.org/list/cs.CV/recent) | [cs.LG](https://arxiv.org/list/cs.LG/recent)

    Abstract

    <blockquote class="twitter-tweet">...</blockquote>
    <script async src="https://platform.twitter.com/widgets.js" charset="utf-8"></script>

Each paper ends with three blank lines; an empty day is front matter alone. What is read is written
again byte for byte, apart from superfluous blank lines. A byte-order mark and Windows line ends
are read, and not written; where only some lines end so, the ends are part of the text and stay.
Times are printed as month/day/year and taken for UTC, as the front
matter's ``Z`` says; the blog's own clock may have been Japan's, as no embedded post is younger
than ten hours.

A post is refused whole (BlogFormatError, with the line) when its front matter has no title or
date, its file name is for another day, a rank is out of order, a line of counts or links is
missing or malformed, or it ends before the three blank lines, which is how a truncated post shows.

Our own days take the same form. Their line of counts names every network that has counts, each
with its own words, and never adds two networks up::

    - retweets: 12, favorites: 30; Bluesky: 4 reposts, 9 likes; Hacker News: 120 points (...)

``retweets`` and ``favorites`` are X's alone; they stand there whenever X was asked and answered,
and are missing when it was not. Posts on X and Bluesky are embedded by the networks' own markup
without their texts, which we may not hand on; on other networks they are links. Titles, authors and
abstracts are escaped as Markdown, which shows exactly them and is read as them again.
"""

from bot.blog.escaping import unescape
from bot.blog.own_days import from_ranking
from bot.blog.reader import parse
from bot.blog.values import BlogPaper, BlogPost, Embed, NetworkCounts, era
from bot.blog.writer import write

__all__ = [
    "BlogPaper",
    "BlogPost",
    "Embed",
    "NetworkCounts",
    "era",
    "from_ranking",
    "parse",
    "unescape",
    "write",
]
