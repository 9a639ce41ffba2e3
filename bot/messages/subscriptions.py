"""What cards say about what channels and members asked for: their digests, what they follow."""


# --- rules --------------------------------------------------------------------------------------


def rule_title(rule_id: int, channel_id: int) -> str:
    return f"Digest {rule_id} in <#{channel_id}>"


def suspended(reason: str) -> str:
    return f"Suspended: {reason} It goes on by itself once that is mended."


# --- following ----------------------------------------------------------------------------------

STOP = "Stop this"


def because(query: str) -> str:
    return f"Because you follow {query}"
