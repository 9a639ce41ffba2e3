"""Days as posts of the blog, for export."""

from dataclasses import replace
from datetime import date

from sqlite_utils import Database

from bot import blog
from bot.blog import BlogPost
from bot.config import Settings
from bot.models import Era, Post, RankedPaper, RankingQuery
from bot.queries import rankings
from bot.ranking.scoring import SHOW_FROM
from bot.store import Archive, blogs, days


async def blog_post(
    archive: Archive, settings: Settings, day: date, *, era: Era | None = None
) -> BlogPost | None:
    """A day in the blog's form: an imported one as it came, one of our own made from its ranking.

    None when the day is not in the archive. ``era`` as for ``ranking``.
    """
    return await archive.read(_blog_post, settings, day, era)


def _blog_post(db: Database, settings: Settings, day: date, era: Era | None) -> BlogPost | None:
    known, imported = days.get(db, day), blogs.imported(db, day, day)
    if imported and imported[0].era is (era or (known.era if known else imported[0].era)):
        return blogs.get(db, day)
    found = rankings.ranking_of(db, settings, RankingQuery(day, era=era))
    if found is None:
        return None
    return blog.from_ranking(replace(found, papers=tuple(map(_worth_showing, found.papers))))


def _worth_showing(paper: RankedPaper) -> RankedPaper:
    """With the posts that the blog would have shown: those that reach their network's bar."""
    posts = tuple(
        post
        for post in paper.posts
        if not isinstance(post, Post) or post.interest >= SHOW_FROM[post.network]
    )
    return replace(paper, posts=posts)
