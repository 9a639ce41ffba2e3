"""Every text that a member sees, by theme. Plain functions of plain values. Pure."""

from bot.phrases import (
    cards,
    choices,
    commands,
    common,
    delivery,
    errors,
    networks,
    queries,
    typed,
    verdicts,
    wishes,
)

__all__ = [
    "cards",
    "choices",
    "commands",
    "common",
    "delivery",
    "errors",
    "networks",
    "queries",
    "typed",
    "verdicts",
    "wishes",
]
