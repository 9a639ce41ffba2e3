"""What the admin channel is told of things that are wrong."""

from collections.abc import Mapping
from datetime import datetime

from bot.messages.common import counted, utc


def digest_waits(rule_id: int, where: str, reason: str) -> str:
    return f"Digest {rule_id}{f' in {where}' if where else ''} waits: {reason}"


def place(channel: str, server: str) -> str:
    return f"#{channel} of {server}"


def arxiv_fails(categories: int, since: datetime, reason: str) -> str:
    return f"arXiv fails for {categories} categories since {utc(since)}: {reason}"


def of_arxiv(category: str) -> str:
    return f"arXiv {category}"


def source_fails(name: str, since: datetime, reason: str) -> str:
    return f"{name} fails since {utc(since)}: {reason}"


def began(problem: str) -> str:
    return f"Problem: {problem}"


def over(problem: str) -> str:
    return f"Over: {problem}"


def more(count: int) -> str:
    return f"… and {count} more; hotpapers doctor has them all."


# --- after an absence ---------------------------------------------------------------------------


def away(since: datetime, until: datetime) -> str:
    return f"I was away from {utc(since)} to {utc(until)}."


def nothing_was_due(away_: str) -> str:
    return f"{away_} No digest was due meanwhile, or they still wait for their listings."


def had_been_due(away_: str, posted: int, others: Mapping[str, int]) -> str:
    """``others`` ended without a post; how many for which reason."""
    endings = [f"{count} {reason}" for reason, count in sorted(others.items())]
    if posted:
        endings.insert(0, f"{posted} to be posted now")
    total = posted + sum(others.values())
    return f"{away_} {counted(total, 'digest')} had been due: {'; '.join(endings)}."
