"""Each source's last answer, and what would improve the next one."""

from collections.abc import Sequence

from bot.clock import utc
from bot.config import Config
from bot.container import Services
from bot.messages import common, networks
from bot.messages.problems import render
from bot.models import Network, Outcome, Status
from bot.monitoring.checks import Check, State
from bot.monitoring.health import ARXIV, SourceHealth, health
from bot.problems import Code, Problem

_KEYS = {
    Network.X.value: "HOTPAPERS_X_BEARER_TOKEN",
    Network.BLUESKY.value: "HOTPAPERS_BLUESKY_APP_PASSWORD",
}
_X_KEY = (
    "Nothing needs X. To count it, put an app-only bearer token into HOTPAPERS_X_BEARER_TOKEN; X "
    "bills by the post read (docs/sources.md)."
)
_BLUESKY_KEY = (
    "With an app password in HOTPAPERS_BLUESKY_APP_PASSWORD and `handle` under "
    "[sources.bluesky], Bluesky is searched too and more posts are found."
)


async def examine(opened: Services) -> list[Check]:
    state = await health(opened.archive, opened.config, opened.clock, slots=0)
    arxiv = [source for source in state.sources if source.category]
    others = [source for source in state.sources if not source.category]
    return [*of_arxiv(arxiv), *(of_network(source, opened.config) for source in others)]


def of_arxiv(categories: Sequence[SourceHealth]) -> list[Check]:
    """One finding for all categories that answered, one more for each thing that went wrong."""
    asked = [category for category in categories if category.last is not None]
    wrong: dict[tuple[Status, Problem | None], list[SourceHealth]] = {}
    for category in asked:
        if category.last is not None and category.last.status not in (Status.OK, Status.EMPTY):
            reason = category.last.reason and category.last.reason.shown
            wrong.setdefault((category.last.status, reason), []).append(category)
    answered = len(asked) - sum(map(len, wrong.values()))
    text = f"arXiv answered for {answered} of {len(categories)} categories."
    if not asked:
        text = "arXiv has not been asked yet."
    checks = [Check("source:arxiv", State.OK, text)] if answered or not asked else []
    for (status, reason), group in wrong.items():
        names = networks.few([source.category for source in group])
        checks.append(
            Check(
                f"source:{group[0].source}",
                State.PROBLEM if status is Status.FAILED else State.HINT,
                f"arXiv did not answer in full for {names}{_why(reason)}.",
                _remedy(ARXIV, reason),
            )
        )
    return checks


def of_network(source: SourceHealth, config: Config) -> Check:
    """What is to be said about one network. Pure."""
    name = f"source:{source.source}"
    last = source.last
    title = networks.NAMES[source.source]
    if last is None:
        return Check(name, State.OK, f"{title} has not been asked yet.")
    text = f"{title}: {_said(last)} ({utc(last.at)})."
    match last.status:
        case Status.OK | Status.EMPTY:
            fix = _improvement(source.source, config)
            return Check(name, State.HINT if fix else State.OK, text, fix)
        case Status.OFF:
            switched_off = last.reason is not None and last.reason.code is Code.SWITCHED_OFF
            fix = "" if switched_off else _improvement(source.source, config)
            return Check(name, State.HINT if fix else State.OK, text, fix)
        case Status.INCOMPLETE:
            return Check(name, State.HINT, text, _remedy(source.source, last.reason))
        case Status.FAILED:
            return Check(name, State.PROBLEM, text, _remedy(source.source, last.reason))


def _said(last: Outcome) -> str:
    counted = f"{common.counted(last.items, 'item')} in {common.counted(last.requests, 'request')}"
    match last.status:
        case Status.EMPTY if not last.requests:
            return "not asked, because there was nothing to ask for"
        case Status.OK | Status.EMPTY:
            return f"answered, {counted}"
        case Status.INCOMPLETE:
            return f"answered in part, {counted}{_why(last.reason)}"
        case Status.OFF:
            return f"off{_why(last.reason)}"
        case Status.FAILED:
            return f"did not answer as it should{_why(last.reason)}"


def _improvement(source: str, config: Config) -> str:
    if source == Network.X and not config.secrets.x_bearer_token:
        return _X_KEY
    if source == Network.BLUESKY and not config.secrets.bluesky_app_password:
        return _BLUESKY_KEY
    return ""


def _why(reason: Problem | None) -> str:
    return f": {render(reason)}" if reason is not None else ""


_KEY_REFUSED = (Code.X_TOKEN_REFUSED, Code.BLUESKY_LOGIN_REFUSED)


def _remedy(source: str, reason: Problem | None) -> str:
    """The statuses that a key of ours is behind; the rest passes, or is for its operator."""
    parts = list(reason.parts()) if reason is not None else []
    statuses = {part.arguments.get("status") for part in parts}
    key = _KEYS.get(source)
    if key and (401 in statuses or any(part.code in _KEY_REFUSED for part in parts)):
        return f"Its key is refused. Put a valid one into {key}."
    if key and statuses & {402, 403}:
        return f"The account behind {key} may not do this: look at its credit and its rights."
    if statuses & {401, 403}:
        return "It refuses this address. Ask less often, set `contact`, or switch it off."
    return "It is asked again by itself; digests name it until it answers."
