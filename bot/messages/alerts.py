"""What the admin channel is told of things that are wrong."""

from collections.abc import Mapping

from bot.messages.common import counted


def digest_waits(rule_id: int, where: str, reason: str) -> str:
    return f"Digest {rule_id}{f' in {where}' if where else ''} waits: {reason}"


# --- after an absence ---------------------------------------------------------------------------


def had_been_due(away_: str, posted: int, others: Mapping[str, int]) -> str:
    """``others`` ended without a post; how many for which reason."""
    endings = [f"{count} {reason}" for reason, count in sorted(others.items())]
    if posted:
        endings.insert(0, f"{posted} to be posted now")
    total = posted + sum(others.values())
    return f"{away_} {counted(total, 'digest')} had been due: {'; '.join(endings)}."
