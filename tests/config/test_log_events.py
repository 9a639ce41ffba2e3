"""docs/running.md lists every event that the code logs, with its level and its fields."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.delivery.discord_errors import Action
from bot.delivery.retry_policy import NextStep

CHECKOUT = Path(__file__).parents[2]
RUNNING = CHECKOUT / "docs" / "running.md"
# Events whose name is made from what became of a delivery (bot/delivery/sender.py).
DELIVERY = {f"delivery.{kind.name.lower()}" for kind in (*Action, NextStep.CLOSE, NextStep.GIVE_UP)}


@dataclass
class Event:
    levels: set[str] = field(default_factory=set)
    fields: set[str] = field(default_factory=set)


def calls() -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, ast.Call]]:
    """Every call of `logs.event`, with the function that it stands in."""
    for package in ("bot", "cogs"):
        for file in sorted((CHECKOUT / package).rglob("*.py")):
            for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield from (
                        (function, call)
                        for call in ast.walk(function)
                        if isinstance(call, ast.Call) and ast.unparse(call.func) == "logs.event"
                    )


def texts(node: ast.expr) -> set[str]:
    """The event's names, or those of its level."""
    match node:
        case ast.Constant(str(text)):
            return {text}
        case ast.IfExp(_, one, other):
            return texts(one) | texts(other)
        case ast.Attribute(ast.Name("logging"), level):
            return {level}
    return set()


def logged() -> dict[str, Event]:
    events: dict[str, Event] = {}
    for function, call in calls():
        level, name = call.args[1:3]
        levels = texts(level) or {
            level
            for assigned in ast.walk(function)
            if isinstance(assigned, ast.Assign) and ast.unparse(assigned.targets[0]) == "level"
            for level in texts(assigned.value)
        }
        for event in texts(name):
            found = events.setdefault(event, Event())
            found.levels |= levels
            found.fields |= {str(keyword.arg) for keyword in call.keywords}
    return events


def documented() -> dict[str, Event]:
    section = RUNNING.read_text(encoding="utf-8").partition("\n## Log events\n")[2]
    rows = re.findall(
        r"^\| (`[a-z._`, ]+) \| ([A-Z, ]+) \| ([^|]*) \|", section.partition("\n## ")[0], re.M
    )
    return {
        name: Event(set(levels.split(", ")), set(re.findall(r"`(\w+)`", fields)))
        for names, levels, fields in rows
        for name in re.findall(r"`([a-z._]+)`", names)
    }


def test_every_event_stands_in_its_document_with_level_and_fields() -> None:
    rows = documented()
    of_delivery = {name: rows.pop(name, None) for name in DELIVERY}
    of_delivery |= {n: rows.pop(n, None) for n in ("delivery.sent", "delivery.found")}
    of_delivery |= {"delivery.unseen": rows.pop("delivery.unseen", None)}
    events = logged()
    assert rows.keys() == events.keys()
    for name, event in events.items():
        assert (name, rows[name].fields) == (name, event.fields)
        assert rows[name].levels, name
        assert rows[name].levels <= event.levels, name
    [fields] = {
        frozenset(str(keyword.arg) for keyword in call.keywords)
        for function, call in calls()
        if function.name == "_log"
    }
    for name, row in of_delivery.items():
        assert row is not None, name
        assert row.fields == fields, name


# Rooms that know no configuration, and a backfill that reads in a process whose log nobody set up.
PLAIN = {"paper.text_cut", "translation.unreadable"}


def test_nothing_else_is_logged_in_another_way() -> None:
    plain = {
        name
        for package in ("bot", "cogs")
        for file in (CHECKOUT / package).rglob("*.py")
        if file.name != "logs.py"
        for name in re.findall(
            r"logger\.(?:info|warning|error|exception|debug|log)\(\s*\"([a-z._]*)",
            file.read_text("utf-8"),
        )
    }
    assert plain == PLAIN
    assert all(f"`{name}`" in RUNNING.read_text("utf-8") for name in PLAIN)
