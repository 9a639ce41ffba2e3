"""What types cannot say about the settings. Pure."""

import ipaddress
import math
import re
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from bot.arxiv import taxonomy
from bot.config.sections import ArxivSection, Section, Settings
from bot.errors import UnknownCategory

# No number of ours is sensibly larger, and none up to here overflows a span of time.
LARGEST = 1_000_000
# Ids of Discord are as long as they are.
_IDS = frozenset({"discord.admin_channel"})
_MAX_ID = 2**63 - 1

_MORE_THAN_ZERO = frozenset(
    {
        "archive.text_days",
        "backup.keep",
        "schedule.close_after_hours",
        "schedule.collect_every_hours",
        "schedule.recount_after_days",
        "sources.seconds_per_source",
        "http.timeout_seconds",
        "http.tries",
    }
)
_MAX_PORT = 65_535

# The addresses that may hold a password.
_PROXIES = ("http.proxy", "discord.proxy")
_PROXY_SCHEMES = ("http", "https", "socks5", "socks4")
# One of Discord's, or letters and digits in a row that are too many for a name.
_TOKEN = re.compile(
    r"[A-Za-z0-9_-]{20,60}\.[A-Za-z0-9_-]{5,60}\.[A-Za-z0-9_-]{20,}"
    r"|(?<![A-Za-z0-9_-])(?=[^0-9]{,40}[0-9])(?=[^A-Za-z]{,40}[A-Za-z])[A-Za-z0-9_-]{40,}"
)

# A name, and a host that can be reached from elsewhere: with a dot in it.
_MAIL = re.compile(r"[^\s@()<>,;:\\\"]+@(?!\.)[^\s@()<>,;:\\\"/]+\.[^\s@()<>,;:\\\"/.]+")


def judge(settings: Settings) -> list[str]:
    """One sentence for each problem, beginning with its key."""
    return [
        *judge_contact(settings.bot.contact),
        *_judge_archive(settings),
        *_judge_arxiv(settings.arxiv),
        *_judge_urls(settings),
        *_judge_numbers(settings),
        *_judge_watch(settings),
    ]


def judge_contact(contact: str) -> list[str]:
    """Whoever we ask must be able to write back. Empty is for none."""
    if not contact.strip() or _MAIL.fullmatch(contact.strip()) or _is_page(contact.strip()):
        return []
    return [
        f"bot.contact: {_starred(contact)!r} is neither an e-mail address, such as "
        "me@example.org, nor the address of a page, such as https://example.org/me"
    ]


def _is_page(address: str) -> bool:
    parts = _split(address)
    return (
        parts is not None
        and parts.scheme in ("http", "https")
        and "." in (parts.hostname or "").strip(".")
        and not re.search(r"[\s()<>]", address)
    )


def _judge_archive(settings: Settings) -> list[str]:
    path = settings.archive.path
    if not path.strip():
        return ["archive.path: must name a file"]
    if not path.isprintable():
        return [f"archive.path: must name a file; {path!r} holds a character that is not seen"]
    return []


def _judge_arxiv(arxiv: ArxivSection) -> list[str]:
    problems = []
    if not arxiv.categories:
        problems.append('arxiv.categories: name at least one, such as "cs.CL" or "cs"')
    for text in arxiv.categories:
        try:
            taxonomy.resolve_pattern(text)
        except UnknownCategory as error:
            near = " or ".join(error.suggestions)
            hint = f" Did you mean {near}?" if near else ""
            problems.append(f"arxiv.categories: arXiv has no category {error.text!r}.{hint}")
    local = all(
        is_loopback_address(url)
        for url in (arxiv.feed_url, arxiv.listing_url, arxiv.oai_url, arxiv.api_url)
    )
    if arxiv.seconds_between_requests < 3 and not local:
        problems.append(
            "arxiv.seconds_between_requests: arXiv's terms ask for at least 3 "
            "(less is for loopback servers only)"
        )
    if arxiv.seconds_between_pages < 15 and not local:
        problems.append(
            "arxiv.seconds_between_pages: arXiv's robots.txt asks for at least 15 "
            "(less is for loopback servers only)"
        )
    return problems


def is_loopback_address(url: str) -> bool:
    """Whether what is sent there stays on this machine."""
    parts = _split(url)
    return parts is not None and is_loopback(parts.hostname or "")


def is_loopback(host: str) -> bool:
    """Whether a host's name or address is this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _judge_urls(settings: Settings) -> list[str]:
    problems = []
    for key, url in addresses(settings):
        is_socket = key.endswith("jetstream_url")
        schemes = (
            _PROXY_SCHEMES if key in _PROXIES else ("ws", "wss") if is_socket else ("http", "https")
        )
        parts = _split(url)
        if parts is None or parts.scheme not in schemes or not parts.hostname:
            problems.append(
                f"{key}: {_shown(url)} is not an address that begins with "
                + " or ".join(f"{scheme}://" for scheme in schemes)
            )
        elif key not in _PROXIES and ("@" in parts.netloc or _holds_more(url, parts.path)):
            problems.append(
                f"{key}: the address must be without a name, password, query or token (not shown "
                "here); secrets come from the environment or hotpapers.env"
            )
    return problems


def _holds_more(url: str, path: str) -> bool:
    """Behind a query or fragment no path can be appended."""
    return "?" in url or "#" in url or _TOKEN.search(path) is not None


def _shown(text: str) -> str:
    """Without what may be a secret: it stands before an @, in a query, or looks like one."""
    bare = re.split(r"[?#]", text.split("@")[-1])[0]
    return repr(_starred(bare))


def _starred(text: str) -> str:
    return _TOKEN.sub("*****", text)


def _split(url: str) -> SplitResult | None:
    """None for what is no URL at all. Looking at the port is what finds a wrong one."""
    try:
        parts = urlsplit(url)
        return parts if parts.port is None or parts.port else None
    except ValueError:
        return None


def addresses(settings: Settings) -> list[tuple[str, str]]:
    """Where requests go, each with its dotted key; several under one key for a list."""
    return [
        (key, str(value))
        for key, value in walk(settings)
        if key.endswith((".url", "_url", ".servers")) or (key in _PROXIES and value)
    ]


def _judge_numbers(settings: Settings) -> list[str]:
    problems = (
        _judge_number(key, value)
        for key, value in walk(settings)
        if isinstance(value, int | float) and not isinstance(value, bool)
    )
    return [problem for problem in problems if problem]


def _judge_number(key: str, value: float) -> str | None:
    most = _MAX_ID if key in _IDS else LARGEST
    if isinstance(value, float) and not math.isfinite(value):
        return f"{key}: must be a number, not {value}"
    if key in _MORE_THAN_ZERO and value <= 0:
        return f"{key}: must be more than 0, not {value}"
    if value < 0:
        return f"{key}: must be 0 or more, not {value}"
    return f"{key}: must be at most {most}, not {value}" if value > most else None


def _judge_watch(settings: Settings) -> list[str]:
    problems = []
    if settings.watch.port > _MAX_PORT:
        problems.append(f"watch.port: must be at most {_MAX_PORT}")
    if not settings.watch.host.strip():
        problems.append('watch.host: must be an address of this machine, such as "127.0.0.1"')
    return problems


def walk(section: Section, key: str = "") -> Iterator[tuple[str, object]]:
    """Every setting with its dotted key; each item of a list under the list's key."""
    for field in section.__struct_fields__:
        value = getattr(section, field)
        where = f"{key}.{field}" if key else field
        if isinstance(value, Section):
            yield from walk(value, where)
        elif isinstance(value, tuple):
            yield from ((where, item) for item in value)
        else:
            yield where, value
