"""One value that cannot be read, in whichever column of whichever table, harms nothing else.

The columns are those of the schema, so that a new one is looked at without a word here.
"""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlite_utils import Database

from bot import blog
from bot.cli.doctor import discord_api
from bot.cli.root import root
from bot.clock import ManualClock
from bot.errors import UnreadableRow
from bot.models import Follow, Network, Outcome, Status, TargetKind
from bot.monitoring.checks import Check
from bot.store import (
    Archive,
    api_usage,
    blogs,
    columns,
    days,
    follows,
    integrity,
    ledger,
    lookups,
    meta,
    migrations,
    missing_posts,
    posted_digests,
    posts,
    rules,
    schema,
)
from tests.blog_posts import blog_post
from tests.delivery.fake import (
    FIVE,
    SETTINGS,
    SLOT,
    FakePostbox,
    InOneThread,
    World,
    close_day,
    suspended,
)
from tests.factories import DAY, post, rule

YESTERDAY = DAY - timedelta(1)
DAMAGES = {
    "a blob": "x'00ff'",
    "no UTF-8": "CAST(x'ff41' AS TEXT)",
    "a word": "'garbage'",
    "a huge number": "4611686018427387904",
    "NULL": "NULL",
}
# Columns where a word is no value, though they are declared as text.
FORMAL = {
    "papers": "first_day authors categories",
    "listings": "day announcement learnt_from previous",
    "totals": "day",
    "days": "day state era",
    "outcomes": "day stage status",
    "posts": "network",
    "replaced_posts": "network",
    "dropped_posts": "network arxiv_ids",
    "standings": "day parts",
    "reads": "utc_day",
    "rules": "categories at rhythm layout keywords exclusions catch_up",
    "deliveries": "target_kind state listing_day",
    "posted_days": "day",
    "contents": "body",
    "blog_days": "day era",
    "blog_papers": "day categories counts body",
}
# The row that is damaged where the first one is what the healthy digest itself is about.
VICTIMS = {
    "rules": "id = 2",
    "days": f"day = '{YESTERDAY}'",
    "posted": "rule_id = 2",
    "posted_days": "rule_id = 2",
    "meta": "key = 'delivery.alive'",
}


def _fill(db: Database) -> None:
    """Something in every table: a digest in channel 2 that is due, another one's in channel 3 with
    messages sent and to be sent, a member's."""
    made, lately = SLOT - timedelta(hours=20), SLOT - timedelta(hours=1)
    rules.save(db, rule(channel_id=2, created_at=made))
    other = rules.save(db, rule(channel_id=3, guild_id=3, created_at=made, categories=("cs.CV",)))
    rules.save(db, rule(guild_id=0, channel_id=4, created_by=77, created_at=made))
    follows.add(db, Follow(member_id=77, query="author:muster", created_at=made))
    follows.add(db, Follow(member_id=77, query="cat:cs.CV", created_at=made))
    for place, slot_at in enumerate((SLOT - timedelta(days=1), SLOT)):
        (row,) = ledger.plan(
            db, kind=TargetKind.CHANNEL, target_id=3, rule_id=other, slot_at=slot_at,
            payloads=[f'[{{"type":10,"content":"Of another {place}"}}]'], listing_day=DAY,
            now=lately,
        )  # fmt: skip
        posted_digests.note_days(db, other, slot_at, [YESTERDAY if place else DAY])
        if not place:
            ledger.reserve(db, row.delivery_id, 3, now=made)
            ledger.mark_sent(db, row.delivery_id, 500, now=made)
            db.conn.execute("INSERT INTO posted VALUES (?, ?, ?, 1, 5.5)", [other, FIVE[0], 1])
    outcome = Outcome(source=Network.X, status=Status.OK, at=made, requests=2, items=15)
    for day in (YESTERDAY, DAY):
        days.add_outcomes(db, day, "collect", [outcome])
        days.add_outcomes(db, day, "harvest", [Outcome(source="cs", status=Status.OK, at=made)])
    edited = post("9", FIVE[4], supersedes=("8",), text="A text", counted_at=made)
    posts.save(db, [edited, post("10", FIVE[4], counted_at=made)])
    missing_posts.drop(db, Network.X, ["10"], at=made)
    lookups.request(db, "1706.03762", now=made)
    meta.put(db, "delivery.alive", lately.isoformat(), now=lately)
    meta.put_validators(db, "https://arxiv.example/rss", "etag", "", "")
    api_usage.note(db, "x", ["1"], now=SLOT)
    old = blog_post(DAY - timedelta(300), [("2009.07118", "An Old Study", 300, 120)])
    blogs.save(db, blog.parse(old, "post.md"), now=made)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("whole") / "a.db"

    async def make() -> None:
        async with await InOneThread.open(path) as archive:
            for day, first in ((YESTERDAY, "2103.149"), (DAY, "2103.150")):
                await close_day(archive, SETTINGS, day, *(f"{first}0{n}" for n in range(5)))
            await archive.write(_fill)

    asyncio.run(make())
    return path


@dataclass(frozen=True)
class Place:
    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / "a.db"

    def damage(self, table: str, column: str, value: str) -> str | None:
        """Write ``value`` there; the row's key as it is then, None where SQLite takes no such."""
        where = VICTIMS.get(table, "TRUE")
        with closing(sqlite3.connect(self.path, isolation_level=None)) as connection:
            connection.text_factory = bytes
            connection.execute("PRAGMA synchronous = OFF")
            with _no_rules(connection) if value == "NULL" else nullcontext():
                keys = _keys(connection, table)
                named = " AND ".join(f"{key} = ?" for key in keys)
                wanted = f"SELECT {', '.join(keys)} FROM {table} WHERE {where} LIMIT 1"  # noqa: S608 - of the schema
                found = connection.execute(wanted).fetchone()
                assert found is not None, f"nothing in {table}"
                found = tuple(v.decode() if isinstance(v, bytes) else v for v in found)
                change = f"UPDATE {table} SET {column} = {value} WHERE {named}"  # noqa: S608 - as above
                try:
                    connection.execute(change, found)
                except sqlite3.IntegrityError:
                    return None
        return " ".join(
            "*" if key == column else str(v) for key, v in zip(keys, found, strict=True)
        )

    def run(self, *args: str) -> Result:
        config = self.folder / "config.toml"
        config.write_text(
            '[archive]\npath = "a.db"\n[discord]\napi_url = "http://127.0.0.1:9"\n'
            "[http]\ntries = 1\n"
        )
        return CliRunner().invoke(root, ["--config", str(config), *args])

    def tick(self) -> list[int]:
        """The channels that a tick posts in, with the whole digest in channel 2."""

        async def run() -> list[int]:
            async with await InOneThread.open(self.path) as archive:
                world = World(archive, ManualClock(SLOT), FakePostbox())
                await world.tick()
                return [one.channel_id for one in world.postbox.sent]

        return asyncio.run(run())


@contextmanager
def _no_rules(connection: sqlite3.Connection) -> Iterator[None]:
    """The schema asks for nothing meanwhile."""
    kept = connection.execute("SELECT rowid, sql FROM sqlite_master WHERE type = 'table'")
    tables = [(row[1], row[0]) for row in kept.fetchall()]
    connection.execute("PRAGMA writable_schema = ON")
    for sql, key in tables:
        free = sql.replace(b" NOT NULL", b"").decode()
        connection.execute("UPDATE sqlite_master SET sql = ? WHERE rowid = ?", [free, key])
    connection.execute("PRAGMA writable_schema = RESET")
    yield
    connection.execute("PRAGMA writable_schema = ON")
    for sql, key in tables:
        connection.execute("UPDATE sqlite_master SET sql = ? WHERE rowid = ?", [sql.decode(), key])
    connection.execute("PRAGMA writable_schema = RESET")


def _keys(connection: sqlite3.Connection, table: str) -> list[str]:
    rows = connection.execute(f"PRAGMA table_info({table})").fetchall()
    return [row[1].decode() for row in sorted(rows, key=lambda row: row[5]) if row[5]]


@pytest.fixture
def place(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    async def nothing(*_: object) -> list[Check]:
        """Discord is asked for nothing here, and so need not be waited for."""
        return []

    monkeypatch.setattr(discord_api, "examine", nothing)
    shutil.copy(whole, tmp_path / "a.db")
    return Place(tmp_path)


def _columns() -> list[tuple[str, str]]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        db = Database(connection)
        migrations.bring_up_to_date(db)
        return [(t, c) for t in schema.tables(db) for c in schema.columns(db, t)]


def _is_quick(table: str, column: str, kind: str) -> bool:
    """The most hurtful damage, to what every tick reads and to one column of each other table. All
    others are for the rehearsals: together they take minutes."""
    first = next(name for of, name in _COLUMNS if of == table)
    return kind == "a blob" and (table in ("rules", "deliveries") or column == first)


_COLUMNS = _columns()
CASES = [
    pytest.param(*column, kind, marks=[] if _is_quick(*column, kind) else pytest.mark.rehearsal)
    for column in _COLUMNS
    for kind in DAMAGES
]


def _is_told(table: str, column: str, kind: str) -> bool:
    """Whether such a value can be told from a sound one."""
    if kind in ("a blob", "no UTF-8"):
        return True
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        db = Database(connection)
        migrations.bring_up_to_date(db)
        found = schema.columns(db, table)[column]
    if kind == "NULL":
        return found.is_required
    is_formal = column in FORMAL.get(table, "").split()
    return kind == "a word" and (found.kind in ("INTEGER", "REAL") or is_formal)


def test_a_whole_archive_is_told_to_be_so(place: Place) -> None:
    assert json.loads(place.run("archive", "check", "--json").stdout)["whole"]
    assert {2, 3, 4} <= set(place.tick())
    assert place.run("status").exit_code == 0


@pytest.mark.parametrize(("table", "column", "kind"), CASES)
def test_one_value_that_cannot_be_read_harms_nothing_else(
    place: Place, table: str, column: str, kind: str
) -> None:
    key = place.damage(table, column, DAMAGES[kind])
    if key is None:
        return
    checked = place.run("archive", "check", "--json")
    assert 2 in place.tick()
    for command in ("status", "doctor"):
        done = place.run(command)
        assert isinstance(done.exception, SystemExit | None), (command, done.exception)
        assert "Traceback" not in done.output
    assert isinstance(checked.exception, SystemExit | None), checked.exception
    if _is_told(table, column, kind):
        assert checked.exit_code == 1
        told = json.loads(checked.stdout)["checks"]["rows that can be read"]
        row = f"{table} row {key.partition('*')[0]}"
        assert any(said.startswith(row) and column in said for said in told), told


@pytest.mark.rehearsal
@pytest.mark.parametrize(("table", "column", "kind"), CASES)
def test_whatever_cannot_be_read_is_in_the_way_of_no_harvest_and_no_repair(
    place: Place, table: str, column: str, kind: str
) -> None:
    if place.damage(table, column, DAMAGES[kind]) is None:
        return

    async def run() -> None:
        async with await InOneThread.open(place.path) as archive:
            for day, first in ((YESTERDAY, "2103.149"), (DAY, "2103.150")):
                await close_day(archive, SETTINGS, day, *(f"{first}0{n}" for n in range(5)))
            await archive.write(integrity.repair)

    asyncio.run(run())


def _change(place: Place, *statements: str) -> None:
    with closing(sqlite3.connect(place.path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


SCHEMAS = {
    "ALTER TABLE deliveries DROP COLUMN last_error_code": (
        "column deliveries.last_error_code is missing", False,
    ),
    "ALTER TABLE rules ADD COLUMN more TEXT": ("column rules.more is additional", False),
    "DROP TABLE follows": ("table follows is missing", False),
    "DROP TABLE http_validators": ("table http_validators is missing", True),
    "DROP TABLE totals": ("table totals is missing", True),
    "DROP TABLE papers_fts": ("table papers_fts is missing", True),
    "DROP INDEX deliveries_by_rule": ("index deliveries_by_rule is missing", True),
    "CREATE TRIGGER odd AFTER INSERT ON rules BEGIN DELETE FROM posted; END": (
        "trigger odd on table rules is additional", True,
    ),
    "CREATE VIEW odd AS SELECT 1": ("view odd is additional", True),
    "CREATE INDEX odd ON rules (zone)": ("index odd on table rules is additional", True),
    "CREATE TABLE odd (a)": ("table odd is additional", False),
    "CREATE TABLE _litestream_seq (id)": ("", True),
}  # fmt: skip


@pytest.mark.parametrize("statement", SCHEMAS)
def test_what_the_schema_lacks_or_has_too_much_is_named_and_mended_where_it_holds_nothing(
    place: Place, statement: str
) -> None:
    said, is_mended = SCHEMAS[statement]
    _change(place, statement)
    checked = place.run("archive", "check", "--json")
    told = json.loads(checked.stdout)["checks"]["the schema"]
    assert (told, checked.exit_code) == (([said], 1) if said else ([], 0))
    for command in ("status", "doctor"):
        done = place.run(command)
        assert isinstance(done.exception, SystemExit | None), (command, done.exception)
    mended = place.run("archive", "check", "--repair", "--json")
    assert (mended.exit_code == 0) is is_mended, mended.stdout
    if is_mended:
        assert place.run("archive", "check").exit_code == 0


def test_a_digest_that_cannot_be_read_is_shown_as_suspended(place: Place) -> None:
    _change(place, "UPDATE rules SET categories = 'garbage' WHERE id = 2")
    assert 2 in place.tick()
    said = "categories is no JSON list of strings"
    assert f"digest 2 is suspended: What the archive holds of it cannot be read ({said})" in (
        " ".join(place.run("status").output.split())
    )
    told = json.loads(place.run("status", "--json").stdout)
    assert told["rules"] == {"active": 1, "paused": 0, "parked": 1}
    assert [(one["rule"], one["code"]) for one in told["unreadable_rules"]] == [
        (2, "rule_unreadable")
    ]
    found = {
        one["name"]: one for one in json.loads(place.run("doctor", "--json").stdout)["findings"]
    }
    assert found["digest:2"]["state"] == "problem"
    assert said in found["digest:2"]["says"]


async def test_what_is_known_of_such_a_digest_is_shown_and_never_stored(place: Place) -> None:
    _change(place, "UPDATE rules SET rhythm = 'garbage' WHERE id = 2")
    async with await Archive.open(place.path) as archive:
        (shown,) = await archive.read(rules.of_guild, 3)
        assert (shown.channel_id, shown.categories) == (3, ("cs.CV",))
        assert "rhythm is none of mailing" in suspended(shown)
        with pytest.raises(UnreadableRow, match="row_unreadable key=2 table=rules"):
            await archive.write(rules.change, shown, suspended=None)
        world = World(archive, ManualClock(SLOT), FakePostbox())
        await world.tick()
        await world.ticks(3)
        assert (await world.rule(2)).suspended == shown.suspended
        assert world.postbox.in_channel(3) == []
        await archive.write(rules.change, shown, deleted=True)
        assert await archive.read(rules.of_guild, 3) == []
    _change(place, "UPDATE rules SET rhythm = 'mailing' WHERE id = 2")
    async with await Archive.open(place.path) as archive:
        whole = await archive.read(rules.get, 2)
        assert whole is not None
        assert (whole.deleted, whole.categories, whole.suspended) == (True, ("cs.CV",), None)


async def test_a_row_is_logged_once(
    place: Place, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "_told", set())
    _change(place, "UPDATE follows SET created_at = 'garbage' WHERE id = 1")
    async with await Archive.open(place.path) as archive:
        for _ in range(3):
            found = await archive.read(follows.of_member, 77)
            assert [one.follow_id for one in found] == [2]
        with pytest.raises(UnreadableRow, match="row_unreadable key=1 table=follows"):
            await archive.read(follows.get, 77, 1)
    assert caplog.messages.count("archive.unreadable") == 1


async def test_a_slot_whose_row_cannot_be_read_is_not_planned_again(place: Place) -> None:
    async with await Archive.open(place.path) as archive:
        world = World(archive, ManualClock(SLOT), FakePostbox())
        await world.tick()
        assert world.postbox.in_channel(2)
        _change(place, "UPDATE deliveries SET slot_at = 'garbage' WHERE rule_id = 1")
        world.restart()
        world.postbox.sent.clear()
        await world.ticks(3)
        assert world.postbox.in_channel(2) == []


def test_many_bad_rows_are_told_of_in_a_few_lines(place: Place) -> None:
    _change(place, "UPDATE papers SET authors = 'x' || id", "UPDATE listings SET learnt_from = 'x'",
            "UPDATE posts SET network = 'x'")  # fmt: skip
    told = json.loads(place.run("archive", "check", "--json").stdout)["checks"]
    bad = told["rows that can be read"]
    assert len(bad) == 21
    assert bad[-1].startswith("and ")
