"""Days that this program counted itself."""

from dataclasses import replace
from datetime import date

from bot import blog
from bot.config import Settings
from bot.models import Era, Network, Paper, Period, RankedPaper, Ranking, ScorePart
from bot.store import Archive, blogs, days, papers, standings
from tests.factories import NOW, listed

SETTINGS = Settings()


def noticed(arxiv_id: str, score: float) -> RankedPaper:
    part = ScorePart(
        network=Network.BLUESKY, reposts=0, likes=int(score), rate=1, points=score, posts=1,
        people=1,
    )  # fmt: skip
    return RankedPaper(
        rank=0,
        paper=listed(arxiv_id).paper,
        score=score,
        exact_score=score,
        parts=(part,),
        people=1,
        posts=(),
    )


async def own_day(archive: Archive, day: date, *arxiv_ids: str) -> None:
    await archive.write(days.open_day, day)
    await archive.write(papers.save, [listed(i, day=day) for i in arxiv_ids], now=NOW)
    await archive.write(standings.save, day, [noticed(i, 80) for i in arxiv_ids])


def own_post(day: date, paper: Paper) -> str:
    """The day with this paper alone, as it is exported."""
    ranking = Ranking(
        start=day,
        end=day,
        period=Period.DAY,
        era=Era.HOTPAPERS,
        papers=(replace(noticed(paper.arxiv_id, 80), paper=paper),),
        listed=1,
        above_bar=1,
        bar=0,
        counted_at=NOW,
        outcomes=(),
    )
    return blog.write(blog.from_ranking(ranking))


async def import_text(archive: Archive, text: str) -> None:
    await archive.write(blogs.save, blog.parse(text, "post.md"), now=NOW)
