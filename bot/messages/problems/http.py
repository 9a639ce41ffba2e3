"""What kept a service from answering. Clauses that go on in a sentence or stand in brackets."""

from collections.abc import Callable
from datetime import datetime

from bot.messages.common import counted, utc
from bot.problems import Code


def _host_unreachable(host: str, why: str) -> str:
    """``why`` is the operating system's word for it, where it has one."""
    return f"{host} cannot be reached: {why or 'the connection failed'}"


def _asked_to_wait(service: str, until: str) -> str:
    return f"{service} asks us to wait until {utc(datetime.fromisoformat(until))}"


def _answer_unreadable(service: str) -> str:
    return f"{service} sent an answer that could not be read"


def _entries_left_out(entries: int) -> str:
    verb = "was" if entries == 1 else "were"
    return f"{counted(entries, 'malformed entry', 'malformed entries')} {verb} left out"


WORDS: dict[Code, str | Callable[..., str]] = {
    # --- on the way
    Code.HOST_TIMED_OUT: "{host} did not answer in time",
    Code.HOST_NAME_NOT_FOUND: "{host} cannot be reached: its name was not found",
    Code.HOST_NOT_TRUSTED: "{host} cannot be reached: "
    "its certificate or encryption is not acceptable",
    Code.HOST_DISCONNECTED: "{host} cannot be reached: it closed the connection without an answer",
    Code.HOST_UNREACHABLE: _host_unreachable,
    Code.PROXY_ANSWERED: "the proxy answered {status} on the way to {host}",
    Code.ANSWER_NOT_HTTP: "{host} answered with something that is not HTTP",
    Code.ANSWER_BROKEN_OFF: "{host} broke off its answer",
    Code.NO_WEB_ADDRESS: "what was to be asked is not a web address",
    Code.REDIRECTED_NOWHERE: "{host} redirects to no web address",
    Code.REDIRECTED_IN_CIRCLES: "{host} redirects in circles",
    # ``host`` is where it leads.
    Code.REDIRECTED_TO_PRIVATE_ADDRESS: "a redirect to {host} is refused: "
    "it leads to this machine or into a private network",
    # --- what came
    Code.HOST_ANSWERED: "{host} answered {status}",
    Code.HOST_ASKED_TO_SLOW_DOWN: "{host} answered {status}, but its text asks us to slow down",
    Code.ASKED_TO_WAIT: _asked_to_wait,
    Code.BODY_TOO_LARGE: "{host} sent more than {limit:,} bytes",
    Code.ANSWER_UNREADABLE: _answer_unreadable,
    Code.TOO_MANY_ENTRIES: "an answer holds {entries:,} entries, more than {limit:,}",
    Code.ENTRIES_LEFT_OUT: _entries_left_out,
    # --- ours
    Code.SWITCHED_OFF: "switched off in the configuration",
    Code.NOT_FINISHED_IN_TIME: "{service} did not finish within {seconds:g} s",
    Code.HOST_NOT_FINISHED_IN_TIME: "{host} did not finish in time",
    Code.NO_ANSWER_IN_TIME: "no answer within {seconds:g} s",
    # ``error`` is the kind of exception.
    Code.OWN_FAULT: "a fault in hotpapers: {error}",
}
