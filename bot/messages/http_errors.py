"""What kept a service from answering as it should. Becomes the reason of an outcome.

Where a service's own words are the best there are, they are quoted: its error texts, and the names
of the fields that are missing in an entry of its answer.
"""

from datetime import datetime
from pathlib import Path

from bot.messages.common import counted, utc

# --- on the way: ``shown`` is the address without its secrets -----------------------------------

NO_URL = "a malformed URL"
NAME_NOT_FOUND = "its name was not found"
NOT_ENCRYPTED = "its certificate or encryption is not acceptable"
DISCONNECTED = "it closed the connection without an answer"
FAILED = "the connection failed"


def not_in_time(host: str, shown: str) -> str:
    return f"{host} did not answer in time ({shown})"


def unreachable(host: str, why: str, shown: str) -> str:
    return f"{host} cannot be reached: {why} ({shown})"


def proxy(status: int, host: str) -> str:
    return f"the proxy answered {status} on the way to {host}"


def not_http(host: str, shown: str) -> str:
    return f"{host} answered {shown} with something that is not HTTP"


def broken_off(host: str, shown: str) -> str:
    return f"{host} broke off its answer to {shown}"


def no_address(shown: str) -> str:
    return f"{shown} is not a web address"


def redirected_nowhere(host: str, shown: str) -> str:
    return f"{host} redirects {shown} to no web address"


def redirected_in_circles(host: str, shown: str) -> str:
    return f"{host} redirects {shown} in circles"


def redirected_inside(host: str, shown: str) -> str:
    """``host`` is where it leads."""
    return (
        f"a redirect to {host} is refused: it leads to this machine or into a private network "
        f"({shown})"
    )


# --- what came ----------------------------------------------------------------------------------


def answered(host: str, status: int, shown: str) -> str:
    return f"{host} answered {status} to {shown}"


def slow_down(host: str, status: int, shown: str) -> str:
    return f"{answered(host, status, shown)}, but its text asks us to slow down"


def too_large(host: str, limit: int, shown: str) -> str:
    return f"{host} sent more than {limit:,} bytes for {shown}"


def too_many_values(service: str, limit: int) -> str:
    return f"{service} answered with more than {limit:,} values"


def too_many_entries(entries: int, limit: int) -> str:
    return f"an answer holds {entries:,} entries, more than {limit:,}"


def entry_too_large(limit: int) -> str:
    return f"larger than {limit:,} bytes"


def asked_to_wait(who: str, until: datetime) -> str:
    return f"{who} asked us to wait until {utc(until)}"


def unreadable(service: str, error: object) -> str:
    return f"{service} answered with something unreadable: {error}"


def left_out(entries: int, first: str) -> str:
    """``first`` names the first entry that could not be read, and what is wrong with it."""
    if entries == 1:
        return f"1 malformed entry was left out ({first})"
    return f"{entries} malformed entries were left out (the first {first})"


def and_more(problems: int) -> str:
    return f"and {problems} more"


def entry(number: int) -> str:
    """One that has no name."""
    return f"entry {number}"


# --- ours ---------------------------------------------------------------------------------------

SWITCHED_OFF = "switched off in the configuration"


def not_finished(service: str, seconds: float) -> str:
    return f"{service} did not finish within {seconds:g} s"


def no_answer_within(seconds: float) -> str:
    return f"no answer within {seconds:g} s"


def of_ours(error: Exception) -> str:
    return f"a fault in hotpapers: {error!r}"


def no_lock(path: Path, error: str | None) -> str:
    """The file by which several processes keep the pace together."""
    return f"{path}: the gate's lock file cannot be used ({error})"


def more_papers(reason: str, count: int) -> str:
    """``reason`` and how many papers are there beside it."""
    said = counted(count, "more paper")
    return f"{reason}, {said}" if reason else said
