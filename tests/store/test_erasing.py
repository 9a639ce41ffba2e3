"""Nobody gets anybody else's row, and what is erased is nowhere in the file."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.models import Delivery, Follow, RankedPaper, Rule, TargetKind
from bot.problems import Code, Problem
from bot.store import follows, guilds, ledger, migrations, posted_digests, rules
from bot.store.codecs import seconds
from tests.factories import NOW, paper, rule
from tests.naming import columns, named

MEMBER, DM, OTHER = 771199553311, 882288446622, 660011
LATER = NOW + timedelta(days=1)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path / "a.db") as database:
        migrations.bring_up_to_date(database)
        yield database


def own(member_id: int = MEMBER, channel_id: int = DM) -> Rule:
    return rule(guild_id=0, channel_id=channel_id, created_by=member_id)


def follow(db: Database, query: str, member_id: int = MEMBER) -> Follow:
    return follows.add(db, Follow(member_id=member_id, query=query, created_at=NOW))


def plan(db: Database, rule_id: int, body: str, channel_id: int = DM) -> list[Delivery]:
    return ledger.plan(
        db, kind=TargetKind.CHANNEL, target_id=channel_id, rule_id=rule_id, slot_at=LATER,
        payloads=[body], listing_day=None, now=LATER,
    )  # fmt: skip


class TestErasing:
    def test_leaves_the_member_nowhere_in_the_file(self, db: Database) -> None:
        follow(db, "author:zyxwv")
        stopped = follow(db, "qwertz")
        follows.stop(db, MEMBER, stopped.follow_id, stopped=True)
        mine = rules.save(db, own())
        kept = rules.save(db, rule(created_by=MEMBER, channel_id=7))
        rules.save(db, rule(created_by=MEMBER, deleted=True))
        (row,) = plan(db, mine, '["zyxwv"]')
        ledger.reserve(db, row.delivery_id, DM, now=LATER)
        ledger.mark_sent(db, row.delivery_id, 1, now=LATER)
        ranked = RankedPaper(
            rank=1,
            paper=paper("2103.99999"),
            score=1.0,
            exact_score=1.0,
            parts=(),
            people=1,
            posts=(),
        )
        posted_digests.note_papers(db, mine, LATER, [ranked])
        posted_digests.note_days(db, mine, LATER, [LATER.date()])
        plan(db, kept, '["others"]', 7)
        about = (MEMBER, DM, "zyxwv", "qwertz", "2103.99999")
        assert named(db, *about) == {
            "rules.created_by", "rules.channel_id", "follows.member_id", "follows.query",
            "deliveries.target_id", "contents.body", "posted.arxiv_id",
        }  # fmt: skip
        follows.erase(db, MEMBER)
        assert named(db, *about) == set()
        for place in columns(db, "rule_id"):
            table = place.partition(".")[0]
            assert db.table(table).count_where("rule_id = ?", [mine]) == 0
        assert [one.payload for one in ledger.of_slot(db, kept, LATER)] == ['["others"]']

    def test_reaches_every_column_that_says_whose_something_is(self, db: Database) -> None:
        """A table with another such column has to be erased from as well, and belongs here."""
        assert columns(
            db, "member_id", "user_id", "created_by", "rule_id", "target_id", "channel_id"
        ) == {
            "follows.member_id", "rules.created_by", "rules.channel_id", "deliveries.rule_id",
            "deliveries.target_id", "posted.rule_id", "posted_days.rule_id",
        }  # fmt: skip

    def test_of_a_server_that_has_come_back_meanwhile_does_nothing(self, db: Database) -> None:
        rules.save(db, rule(guild_id=5))
        guilds.note_left(db, 5, now=NOW)
        assert guilds.left_before(db, LATER) == [5]
        guilds.note_present(db, [5])
        assert guilds.erase(db, 5, left_before=LATER) is None
        assert len(rules.of_guild(db, 5)) == 1


def save_as_before(db: Database, rule: Rule) -> int:
    """As it was written before reasons were codes."""
    assert rule.created_at is not None
    cursor = db.conn.execute(
        """INSERT INTO rules (guild_id, channel_id, categories, at, zone, rhythm, top, layout,
               cross_lists, keywords, exclusions, thread, quiet_lines, catch_up, created_by,
               created_at)
           VALUES (?, ?, '[]', '09:00', 'Europe/Berlin', 'mailing', 10, 'compact', 1, '[]', '[]',
               0, 1, 'merge', ?, ?)""",
        [rule.guild_id, rule.channel_id, rule.created_by, seconds(rule.created_at)],
    )
    return int(cursor.lastrowid or 0)


def plan_as_before(db: Database, rule_id: int, body: str, channel_id: int = DM) -> None:
    """As ``plan``, in an archive of the released schema."""
    key = f"hash of {body}"
    db.conn.execute("INSERT INTO contents (hash, body) VALUES (?, ?)", [key, body])
    db.conn.execute(
        """INSERT INTO deliveries (target_kind, target_id, rule_id, slot_at, part, state, nonce,
               content, planned_at) VALUES ('channel', ?, ?, ?, 0, 'planned', ?, ?, ?)""",
        [channel_id, rule_id, seconds(LATER), f"nonce {rule_id}", key, seconds(LATER)],
    )


class TestIds:
    def test_are_given_once(self, db: Database) -> None:
        followed, mine = follow(db, "video").follow_id, rules.save(db, own())
        (row,) = plan(db, mine, "[]")
        follows.erase(db, MEMBER)
        theirs = rules.save(db, own(OTHER, 8))
        assert follow(db, "video", OTHER).follow_id > followed
        assert theirs > mine
        assert plan(db, theirs, "[]", 8)[0].delivery_id > row.delivery_id

    def test_of_an_older_archive_are_not_given_again(self, tmp_path: Path) -> None:
        """The highest rule of the older archive was erased, and has left rows in its ledger."""
        with closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None)) as connection:
            db = Database(connection)
            migrations.steps.apply(db, stop_before="m009_ids_once")
            kept, gone = save_as_before(db, rule(channel_id=7)), save_as_before(db, own())
            follow(db, "video")
            plan_as_before(db, kept, '["kept"]', 7)
            plan_as_before(db, gone, '["gone"]')
            ledger.notice(db, 9, '["notice"]', now=NOW)
            posted_digests.note_days(db, gone, LATER, [LATER.date()])
            db.conn.execute("DELETE FROM rules WHERE id = ?", [gone])
            before = _indexes(db)
            migrations.bring_up_to_date(db)
            assert _indexes(db) == before
            assert rules.get(db, kept) is not None
            assert [one.query for one in follows.of_member(db, MEMBER)] == ["video"]
            assert [one.payload for one in ledger.of_slot(db, kept, LATER)] == ['["kept"]']
            assert [one.payload for one in ledger.of_slot(db, ledger.NOTICES, NOW)] == [
                '["notice"]'
            ]
            assert named(db, DM, "gone") == set()
            assert rules.save(db, own()) == gone + 1
            assert plan(db, gone + 1, "[]")[0].delivery_id == 4

    def test_that_a_rule_before_had_do_not_give_it_what_that_one_got(self, tmp_path: Path) -> None:
        with closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None)) as connection:
            db = Database(connection)
            migrations.steps.apply(db, stop_before="m009_ids_once")
            plan_as_before(db, 1, '["of the one before"]')
            assert save_as_before(db, rule(created_at=LATER + timedelta(hours=1))) == 1
            migrations.bring_up_to_date(db)
            assert ledger.of_slot(db, 1, LATER) == []
            assert named(db, DM, "of the one before") == set()


def _indexes(db: Database) -> set[tuple[str, str]]:
    """Of the tables that are made anew; standings have another index since."""
    return set(
        db.conn.execute(
            """SELECT name, sql FROM sqlite_master
               WHERE type = 'index' AND tbl_name IN ('rules', 'follows', 'deliveries')"""
        )
    )


class TestChanges:
    def test_write_what_they_name_and_nothing_else(self, db: Database) -> None:
        read = rule(rule_id=rules.save(db, rule(created_by=MEMBER, keywords=("a",))))
        rules.change(db, read, keywords=("b",), paused=True)
        follows.erase(db, MEMBER)
        changed = rules.change(db, read, top=3)
        assert changed is not None
        assert changed == rules.get(db, read.rule_id)
        found = (changed.top, changed.keywords, changed.paused, changed.created_by)
        assert found == (3, ("b",), True, 0)

    def test_do_not_reach_somebody_elses(self, db: Database) -> None:
        key = rules.save(db, own(OTHER, 8))
        for stranger in (rule(rule_id=key), rule(rule_id=key, guild_id=0, created_by=MEMBER)):
            assert rules.change(db, stranger, paused=True) is None
        theirs = follow(db, "video", OTHER).follow_id
        assert not follows.pause(db, MEMBER, theirs, paused=True)
        assert not follows.stop(db, MEMBER, theirs, stopped=True)
        found = rules.get(db, key)
        assert found is not None
        assert not found.paused
        assert [one.paused for one in follows.of_member(db, OTHER)] == [False]

    def test_of_one_that_is_gone_make_nothing(self, db: Database) -> None:
        mine = rule(rule_id=rules.save(db, own()), guild_id=0, created_by=MEMBER)
        follows.erase(db, MEMBER)
        assert rules.change(db, mine, suspended=Problem(Code.DIRECT_MESSAGES_CLOSED)) is None
        assert named(db, MEMBER) == set()

    def test_a_stored_rule_is_not_stored_again(self, db: Database) -> None:
        with pytest.raises(ValueError, match="stored already"):
            rules.save(db, rule(rule_id=1))
