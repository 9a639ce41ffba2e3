"""What each family of tables promises, on real SQLite in memory."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlite_utils import Database

from bot.models import (
    Announcement,
    CatchUp,
    DayState,
    DeliveryState,
    Layout,
    LearntFrom,
    Network,
    Outcome,
    RankedPaper,
    Rhythm,
    ScorePart,
    Status,
    TargetKind,
)
from bot.problems import Code, Problem
from bot.store import (
    api_usage,
    days,
    delivery_reports,
    ledger,
    missing_posts,
    papers,
    posts,
    rules,
    standings,
)
from tests.factories import DAY, NOW, legacy, listed, paper, post, rule

LATER = NOW + timedelta(hours=6)


class TestPapers:
    def test_saving_twice_adds_nothing(self, db: Database) -> None:
        assert papers.save(db, [listed("2103.15691")], now=NOW) == 1
        assert papers.save(db, [listed("2103.15691")], now=LATER) == 0
        assert len(papers.of_day(db, DAY)) == 1

    def test_an_older_version_does_not_overwrite_a_newer(self, db: Database) -> None:
        papers.save(db, [listed("2103.15691", version=2, title="Second")], now=NOW)
        papers.save(db, [listed("2103.15691", version=1, title="First")], now=LATER)
        found = papers.get(db, "2103.15691")
        assert found is not None
        assert (found.version, found.title) == (2, "Second")

    def test_a_missing_field_does_not_erase_a_known_one(self, db: Database) -> None:
        submitted = datetime(2021, 3, 29, 15, 27, 17, tzinfo=UTC)
        papers.save(db, [listed("2103.15691", submitted_at=submitted, comment="8 pages")], now=NOW)
        papers.save(db, [listed("2103.15691")], now=LATER)
        found = papers.get(db, "2103.15691")
        assert found is not None
        assert (found.submitted_at, found.comment) == (submitted, "8 pages")

    def test_a_cut_list_of_authors_does_not_replace_a_whole_one(self, db: Database) -> None:
        whole, cut = ("A. One", "B. Two", "C. Three"), ("A. One", "et al.")
        for authors, kept in ((cut, cut), (whole, whole), (cut, whole)):
            item = listed("2103.15691", authors=authors, raw_authors=", ".join(authors))
            papers.save(db, [item], now=NOW)
            found = papers.get(db, "2103.15691")
            assert found is not None
            assert (found.authors, found.raw_authors) == (kept, ", ".join(kept))

    @pytest.mark.parametrize("order", [1, -1])
    def test_new_in_one_feed_beats_cross_in_another(self, db: Database, order: int) -> None:
        seen = [
            listed("2103.15691", announcement=Announcement.CROSS),
            listed("2103.15691", announcement=Announcement.NEW),
        ]
        papers.save(db, seen[::order], now=NOW)
        assert [found.announcement for found in papers.of_day(db, DAY)] == [Announcement.NEW]

    def test_a_printed_date_replaces_a_computed_one(self, db: Database) -> None:
        guess = listed("2103.15691", day=date(2021, 3, 29), learnt_from=LearntFrom.COMPUTED)
        papers.save(db, [guess], now=NOW)
        papers.save(db, [listed("2103.15691", day=DAY)], now=LATER)
        assert papers.days_of(db, "2103.15691") == [(DAY, Announcement.NEW)]


class TestDays:
    def test_listed_counts_news_only(self, db: Database) -> None:
        days.open_day(db, DAY)
        papers.save(
            db,
            [
                listed("2103.00001"),
                listed("2103.00002", announcement=Announcement.CROSS),
                listed("2103.00003", announcement=Announcement.REPLACE),
            ],
            now=NOW,
        )
        found = days.get(db, DAY)
        assert found is not None
        assert (found.listed, found.state) == (2, DayState.OPEN)

    def test_a_closed_day_stays_as_it_was_closed(self, db: Database) -> None:
        days.open_day(db, DAY)
        days.close(db, DAY, now=NOW, late=False)
        days.close(db, DAY, now=LATER, late=True)
        found = days.get(db, DAY)
        assert found is not None
        assert (found.closed_at, found.late) == (NOW, False)
        assert days.still_open(db) == []

    def test_the_newest_outcome_of_each_source_counts(self, db: Database) -> None:
        failed = Outcome(source="x", status=Status.FAILED, reason=legacy("timed out"), at=NOW)
        ok = Outcome(source="x", status=Status.OK, at=LATER, requests=3, items=40)
        off = Outcome(
            source="bluesky",
            status=Status.OFF,
            reason=legacy("switched off"),
            at=NOW,
        )
        days.add_outcomes(db, DAY, "collect", [failed, off])
        days.add_outcomes(db, DAY, "collect", [ok])
        assert days.outcomes(db, DAY, "collect") == (off, ok)


class TestPosts:
    def test_counts_are_kept_as_history_where_they_changed(self, db: Database) -> None:
        posts.save(db, [post("1", likes=20)])
        posts.save(db, [post("1", likes=20, counted_at=NOW + timedelta(hours=1))])
        posts.save(db, [post("1", likes=35, counted_at=LATER)])
        assert posts.history(db, Network.X, "1") == [(NOW, 10, 20), (LATER, 10, 35)]
        assert [p.likes for p in posts.of_paper(db, "2103.15691")] == [35]

    def test_older_counts_do_not_overwrite_newer(self, db: Database) -> None:
        posts.save(db, [post("1", likes=35, counted_at=LATER)])
        posts.save(db, [post("1", likes=20, counted_at=NOW)])
        assert [p.likes for p in posts.of_paper(db, "2103.15691")] == [35]

    def test_an_edit_replaces_its_post_in_any_order(self, db: Database) -> None:
        newest = post("2", likes=5, supersedes=("1",))
        posts.save(db, [post("1", likes=20), newest])
        posts.save(db, [post("1", likes=21, counted_at=LATER)])
        assert [p.post_id for p in posts.of_paper(db, "2103.15691")] == ["2"]

    def test_a_post_counts_for_each_paper_it_links(self, db: Database) -> None:
        papers.save(db, [listed("2103.00001"), listed("2103.00002")], now=NOW)
        posts.save(db, [post("1", "2103.00001", "2103.00002", "2103.99999")])
        assert len(posts.of_day(db, DAY)) == 1
        found = posts.best_of(db, ["2103.00001", "2103.00002", "2103.00003"], 3)
        assert {k: len(v) for k, v in found.items()} == {
            "2103.00001": 1,
            "2103.00002": 1,
            "2103.00003": 0,
        }

    def test_a_gone_post_leaves_nothing(self, db: Database) -> None:
        posts.save(db, [post("1")])
        missing_posts.drop(db, Network.X, ["1", "never seen"], at=LATER)
        assert posts.of_paper(db, "2103.15691") == []

    def test_texts_expire_and_counts_stay(self, db: Database) -> None:
        posts.save(db, [post("1", text="a text")])
        assert posts.expire_texts(db, posted_before=LATER) == 1
        assert [(p.text, p.likes) for p in posts.of_paper(db, "2103.15691")] == [(None, 20)]


class TestStandings:
    def test_they_come_back_with_their_parts_and_best_posts(self, db: Database) -> None:
        papers.save(db, [listed("2103.15691")], now=NOW)
        posts.save(db, [post("1", likes=1), post("2", likes=99)])
        part = ScorePart(
            network=Network.X, reposts=20, likes=100, rate=1.0, points=120.0, posts=2, people=1
        )
        ranked = RankedPaper(
            rank=1,
            paper=paper("2103.15691"),
            score=120.0,
            exact_score=120.0,
            parts=(part,),
            people=1,
            posts=(),
        )
        standings.save(db, DAY, [ranked])
        (found,) = standings.with_posts(db, standings.between(db, DAY, DAY, min_score=50))
        assert (found.score, found.parts, found.people, found.day) == (120.0, (part,), 1, DAY)
        assert [p.post_id for p in found.posts] == ["2", "1"]
        assert standings.count(db, DAY, min_score=121) == 0

    def test_saving_again_replaces(self, db: Database) -> None:
        standings.save(db, DAY, [])
        assert standings.between(db, DAY, DAY, min_score=0) == []


class TestRules:
    def test_every_field_survives(self, db: Database) -> None:
        made = rule(
            categories=("cs.CL", "cond-mat.*"), at=time(18, 30), zone="Asia/Tokyo", top=3,
            bar=12.5, rhythm=Rhythm.WEEKLY, layout=Layout.FULL, cross_lists=False,
            keywords=("speculative decoding",), exclusions=("survey",), thread=True,
            quiet_lines=False, catch_up=CatchUp.EACH, created_by=77, paused=True,
            suspended=Problem(Code.CHANNEL_GONE),
        )  # fmt: skip
        key = rules.save(db, made)
        assert rules.get(db, key) == replace(made, rule_id=key)

    def test_what_was_written_since_is_told_once(self, db: Database) -> None:
        changed, deleted, erased = (rules.save(db, rule()) for _ in range(3))
        assert [one.rule_id for one in rules.watch(db)] == [changed, deleted, erased]
        assert rules.take_changes(db) == {}
        added = rules.save(db, rule())
        paused = rules.change(db, rule(rule_id=changed), paused=True)
        rules.change(db, rule(rule_id=deleted), deleted=True)
        rules.erase(db, [erased])
        assert rules.take_changes(db) == {
            changed: paused, deleted: None, erased: None, added: rules.get(db, added)
        }  # fmt: skip
        assert rules.take_changes(db) == {}

    def test_a_deleted_rule_is_nobodys(self, db: Database) -> None:
        for changes in ({}, {"paused": True}, {"deleted": True}):
            rules.save(db, rule(**changes))
        assert len(rules.of_guild(db, 1)) == 2


class TestLedger:
    def _plan(self, db: Database, payloads: tuple[str, ...] = ("a", "b")) -> list[int]:
        if rules.get(db, 1) is None:
            rules.save(db, rule(channel_id=2))
        rows = ledger.plan(
            db, kind=TargetKind.CHANNEL, target_id=2, rule_id=1, slot_at=NOW,
            payloads=payloads, listing_day=DAY, now=NOW,
        )  # fmt: skip
        return [row.delivery_id for row in rows]

    def test_planning_again_gives_the_same_rows(self, db: Database) -> None:
        assert self._plan(db) == self._plan(db, ("other", "text", "and more"))
        assert [row.payload for row in ledger.of_slot(db, 1, NOW)] == ["a", "b"]

    def test_a_part_can_be_reserved_once(self, db: Database) -> None:
        first, _ = self._plan(db)
        assert ledger.reserve(db, first, 2, now=NOW)
        assert not ledger.reserve(db, first, 2, now=NOW)

    def test_what_was_being_sent_at_the_end_is_unknown_at_the_start(self, db: Database) -> None:
        first, second = self._plan(db)
        ledger.reserve(db, first, 2, now=NOW)
        ledger.mark_reserved_unknown(db)
        states = {row.delivery.delivery_id: row.delivery.state for row in ledger.unfinished(db)}
        assert states == {first: DeliveryState.UNKNOWN, second: DeliveryState.PLANNED}

    def test_a_sealed_part_is_never_offered_again(self, db: Database) -> None:
        first, second = self._plan(db)
        ledger.reserve(db, first, 2, now=NOW)
        ledger.mark_sent(db, first, 555, now=NOW)
        assert [row.delivery.delivery_id for row in ledger.unfinished(db)] == [second]
        assert not ledger.reserve(db, first, 2, now=LATER)

    def test_an_empty_slot_ends_with_its_reason_once(self, db: Database) -> None:
        for _ in range(2):
            ledger.plan(
                db, kind=TargetKind.CHANNEL, target_id=2, rule_id=1, slot_at=NOW,
                payloads=(), reason=Problem(Code.NOTHING_ABOVE_BAR), listing_day=DAY, now=NOW,
            )  # fmt: skip
        (row,) = ledger.of_slot(db, 1, NOW)
        assert (row.state, row.reason) == (DeliveryState.DONE, Problem(Code.NOTHING_ABOVE_BAR))
        assert delivery_reports.tally(db) == {DeliveryState.DONE: 1}

    def test_a_nonce_fits_discord_and_names_its_part(self, db: Database) -> None:
        self._plan(db)
        nonces = [row.nonce for row in ledger.of_slot(db, 1, NOW)]
        assert len(set(nonces)) == 2
        assert all(len(nonce) <= 25 for nonce in nonces)


class TestUsage:
    def test_a_post_is_read_once_per_utc_day(self, db: Database) -> None:
        assert api_usage.note(db, "x", ["1", "2"], now=NOW) == 2
        assert api_usage.note(db, "x", ["2", "3"], now=LATER) == 1
        assert api_usage.read_today(db, "x", now=LATER) == 3
        assert api_usage.note(db, "x", ["2"], now=NOW + timedelta(days=1)) == 1
        assert api_usage.read_today(db, "x", now=NOW) == 3
