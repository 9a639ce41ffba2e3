"""What is wrong with what somebody typed, and how it is written."""

from collections.abc import Sequence


def did_you_mean(names: Sequence[str]) -> str:
    """Goes behind a sentence; nothing without names."""
    return f" Did you mean {' or '.join(names)}?" if names else ""


# --- days, hours and zones ----------------------------------------------------------------------


def no_zone(text: str, close: Sequence[str] = ()) -> str:
    return f"{text!r} is not a time zone.{did_you_mean(close)} One is named like Europe/Berlin."


NO_CATEGORY_NAMED = "No category is named there. Write cs.CL, or * for all of them."


# --- keywords, digests, sizes ---------------------------------------------------------------------


def not_a_digest(text: str) -> str:
    return f"This server has no digest {text!r}. /digest list shows them all."


WHICH_DIGEST = "This server has several digests. Say which one with digest:"
NO_DIGEST = "This server has no digest yet. Add one with /digest add."
NO_DIGEST_IN_CHANNEL = "No digest is posted in that channel. /digest list shows them all."
