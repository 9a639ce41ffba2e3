"""What channels asked for. A deleted rule stays, marked, so that it can be brought back.

No id is ever given twice, so what was read before a wait names either the same rule or none.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import time
from typing import Any

from sqlite_utils import Database

from bot.errors import UnreadableRow
from bot.models import Rule
from bot.problems import Code, Problem
from bot.store import ledger
from bot.store.codecs import dump, problem, problem_columns, seconds
from bot.store.columns import Columns, tell

_COLUMNS = (
    "guild_id", "channel_id", "categories", "at", "zone", "rhythm", "top", "bar", "layout",
    "cross_lists", "keywords", "exclusions", "thread", "quiet_lines", "catch_up", "created_by",
    "created_at", "paused", "deleted", "suspended_code", "suspended_args",
)  # fmt: skip
_SUSPENDED = ("suspended_code", "suspended_args")
_SELECT = f"SELECT id, {', '.join(_COLUMNS)} FROM rules"


def save(db: Database, rule: Rule) -> int:
    """Store a new rule; returns its id. One that is stored is changed with ``change``."""
    if rule.rule_id:
        raise ValueError(f"rule {rule.rule_id} is stored already")
    marks = ", ".join("?" for _ in _COLUMNS)
    cursor = db.conn.execute(
        f"INSERT INTO rules ({', '.join(_COLUMNS)}) VALUES ({marks})", _values(rule)
    )
    return int(cursor.lastrowid or 0)


def change(db: Database, rule: Rule, /, **changes: Any) -> Rule | None:
    """Write only what is named in ``changes``; the rule as it is then.

    ``rule`` may have been read long ago: it says which one is meant and whose it is. None when its
    owner has none of that id any more. One that could not be read can only be deleted: raises
    UnreadableRow for any other change, by which it would come into force as something else.
    """
    if changes == {"deleted": True}:
        values: dict[str, object] = {"deleted": 1}
    elif rule.unreadable:
        raise UnreadableRow("rules", str(rule.rule_id), rule.unreadable.arguments["why"])
    else:
        named = {*changes, *(_SUSPENDED if "suspended" in changes else ())}
        changed = zip(_COLUMNS, _values(replace(rule, **changes)), strict=True)
        values = {column: value for column, value in changed if column in named}
    assignments = ", ".join(f"{column} = ?" for column in values) or "id = id"
    row = db.conn.execute(
        f"""UPDATE rules SET {assignments}
            WHERE id = ? AND guild_id = ? AND (guild_id != 0 OR created_by = ?)
            RETURNING id, {", ".join(_COLUMNS)}""",
        [
            *values.values(),
            rule.rule_id,
            rule.guild_id,
            rule.created_by,
        ],
    ).fetchone()
    return None if row is None else _rule(row)


def get(db: Database, rule_id: int) -> Rule | None:
    row = db.conn.execute(f"{_SELECT} WHERE id = ?", [rule_id]).fetchone()
    return None if row is None else _rule(row)


def of_guild(db: Database, guild_id: int) -> list[Rule]:
    """A server's rules that are not deleted, oldest first."""
    rows = db.conn.execute(
        f"{_SELECT} WHERE guild_id = ? AND deleted IS NOT 1 ORDER BY id", [guild_id]
    )
    return [_rule(row) for row in rows]


def undeleted(db: Database) -> list[Rule]:
    """Every rule that a person could still resume."""
    rows = db.conn.execute(f"{_SELECT} WHERE deleted IS NOT 1 ORDER BY id")
    return [_rule(row) for row in rows]


# Of the writer's connection alone, so nothing of it is in the file.
_WATCH = (
    "CREATE TEMP TABLE IF NOT EXISTS changed_rules (id INTEGER PRIMARY KEY)",
    *(
        f"""CREATE TEMP TRIGGER IF NOT EXISTS rules_{event} AFTER {event} ON main.rules
            BEGIN INSERT OR IGNORE INTO changed_rules VALUES ({row}.id); END"""
        for event, row in (("insert", "new"), ("update", "new"), ("delete", "old"))
    ),
    "DELETE FROM changed_rules",
)


def watch(db: Database) -> list[Rule]:
    """As ``undeleted``; from now on ``take_changes`` tells what this connection writes."""
    for statement in _WATCH:
        db.conn.execute(statement)
    return undeleted(db)


def take_changes(db: Database) -> dict[int, Rule | None]:
    """The rules that were written since this was asked the last time; None for one that is gone."""
    changed = [row[0] for row in db.conn.execute("DELETE FROM changed_rules RETURNING id")]
    found = {rule_id: get(db, rule_id) for rule_id in changed}
    return {
        rule_id: None if rule is None or rule.deleted else rule for rule_id, rule in found.items()
    }


def made_by(db: Database, member_id: int) -> list[Rule]:
    """Every rule that names the member, oldest first; deleted ones and the own digest too."""
    rows = db.conn.execute(f"{_SELECT} WHERE created_by = ? ORDER BY id", [member_id])
    return [_rule(row) for row in rows]


def of_servers(db: Database) -> list[Rule]:
    """As ``undeleted``, without members' own digests, which are nobody else's business."""
    return [rule for rule in undeleted(db) if not rule.is_personal]


def erase(db: Database, rule_ids: Collection[int]) -> int:
    """Delete rules for good with all that they posted; returns how many messages that were."""
    messages = ledger.erase(db, rule_ids)
    db.conn.executemany("DELETE FROM rules WHERE id = ?", [(rule_id,) for rule_id in rule_ids])
    return messages


def guilds(db: Database) -> dict[int, int]:
    """The server of each rule, deleted ones too."""
    return dict(db.conn.execute("SELECT id, guild_id FROM rules").fetchall())


def ids_of_guild(db: Database, guild_id: int) -> list[int]:
    """As ``of_guild``, deleted ones too."""
    rows = db.conn.execute("SELECT id FROM rules WHERE guild_id = ?", [guild_id])
    return [int(row[0]) for row in rows]


def _values(rule: Rule) -> list[object]:
    if rule.created_at is None:
        raise ValueError("a rule is stored with the time it was made")
    return [
        rule.guild_id,
        rule.channel_id,
        dump(rule.categories),
        rule.at.strftime("%H:%M"),
        rule.zone,
        rule.rhythm,
        rule.top,
        rule.bar,
        rule.layout,
        int(rule.cross_lists),
        dump(rule.keywords),
        dump(rule.exclusions),
        int(rule.thread),
        int(rule.quiet_lines),
        rule.catch_up,
        rule.created_by,
        seconds(rule.created_at),
        int(rule.paused),
        int(rule.deleted),
        *problem_columns(rule.suspended),
    ]


_RULE = Columns("rules", "id", *_COLUMNS)
# No server of Discord's; 0 would make it a member's own.
_NO_SERVER = -1


def _rule(row: Any) -> Rule:
    """One that cannot be read comes suspended, with what can be read of it: its server has to see
    it, and every other rule must go on."""
    try:
        rule_id, *found = _RULE(row)
    except UnreadableRow as error:
        tell(error)
        known = _RULE.known(row)
        why = Problem(Code.RULE_UNREADABLE, why=error.why)
        given: dict[str, Any] = {
            "guild_id": _NO_SERVER,
            "channel_id": 0,
            "categories": (),
            "at": time(),
        }
        given |= {"zone": "UTC"} | known | {"suspended": why, "unreadable": why}
        known_fields = {name: given[name] for name in given if name not in (*_SUSPENDED, "id")}
        return Rule(rule_id=given["id"], **known_fields)
    *values, code, args = found
    named = dict(zip(_COLUMNS, values, strict=False))
    return Rule(rule_id=rule_id, suspended=problem(code, args), **named)
