"""A digest as a channel got it, and its papers with the newest counts."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlite_utils import Database

from bot import queries
from bot.config import Settings
from bot.models import RankedPaper, TargetKind
from bot.store import Archive, ledger, papers, posted_digests, posts, rules
from tests.factories import DAY, NOW, listed, paper, post, rule

CHANNEL, RULE = 2, 1
FIRST, SECOND = "2103.00001", "2103.00002"


def _post_digest(db: Database, bodies: tuple[str, ...] = ("head", "cards")) -> None:
    assert rules.save(db, rule(channel_id=CHANNEL)) == RULE
    rows = ledger.plan(
        db, kind=TargetKind.CHANNEL, target_id=CHANNEL, rule_id=RULE, slot_at=NOW,
        payloads=bodies, listing_day=DAY, now=NOW,
    )  # fmt: skip
    posted_digests.note_papers(db, RULE, NOW, [_ranked(FIRST, 1, 90), _ranked(SECOND, 2, 60)])
    posted_digests.note_days(db, RULE, NOW, [DAY])
    for row in rows:
        assert ledger.reserve(db, row.delivery_id, CHANNEL, now=NOW)
        ledger.mark_sent(db, row.delivery_id, 500 + row.part, now=NOW + timedelta(seconds=row.part))


def _ranked(arxiv_id: str, rank: int, score: float) -> RankedPaper:
    return RankedPaper(
        rank=rank,
        paper=paper(arxiv_id),
        score=score,
        exact_score=score,
        parts=(),
        people=1,
        posts=(),
    )


async def test_a_past_day_is_seen_as_posted_and_as_it_is_now(tmp_path: Path) -> None:
    async with await Archive.open(tmp_path / "a.db") as archive:
        await archive.write(papers.save, [listed(FIRST), listed(SECOND)], now=NOW)
        await archive.write(posts.save, [post("1", FIRST, likes=90), post("2", SECOND, likes=60)])
        await archive.write(_post_digest)
        late = NOW + timedelta(days=3)
        await archive.write(posts.save, [post("2", SECOND, likes=500, counted_at=late)])

        then = await queries.posted_about(archive, CHANNEL, DAY)
        assert then is not None
        assert then.bodies == ("head", "cards")
        assert (then.days, then.posted_at) == ((DAY,), NOW + timedelta(seconds=1))
        assert [(p.arxiv_id, p.rank, p.score) for p in then.papers] == [
            (FIRST, 1, 90),
            (SECOND, 2, 60),
        ]
        assert await queries.as_posted(archive, RULE, NOW) == then

        now = await queries.as_now(archive, Settings(), then)
        assert [(r.paper.arxiv_id, r.rank, r.score) for r in now] == [
            (SECOND, 1, 510),
            (FIRST, 2, 100),
        ]


async def test_a_changed_paper_or_rule_does_not_change_what_was_posted(tmp_path: Path) -> None:
    async with await Archive.open(tmp_path / "a.db") as archive:
        await archive.write(papers.save, [listed(FIRST), listed(SECOND)], now=NOW)
        await archive.write(_post_digest)
        before = await queries.as_posted(archive, RULE, NOW)
        assert before is not None
        newer = replace(listed(FIRST).paper, version=2, abstract="Another.")
        await archive.write(papers.save, [replace(listed(FIRST), paper=newer)], now=NOW)
        after = await queries.as_posted(archive, RULE, NOW)
        assert after == before


async def test_what_was_never_sent_was_not_posted(tmp_path: Path) -> None:
    def plan_only(db: Database) -> None:
        ledger.plan(
            db, kind=TargetKind.CHANNEL, target_id=CHANNEL, rule_id=RULE, slot_at=NOW,
            payloads=("head",), listing_day=DAY, now=NOW,
        )  # fmt: skip
        posted_digests.note_days(db, RULE, NOW, [DAY])

    async with await Archive.open(tmp_path / "a.db") as archive:
        await archive.write(plan_only)
        assert await queries.as_posted(archive, RULE, NOW) is None
        assert await queries.posted_about(archive, CHANNEL, DAY) is None
