"""What went wrong, or why nothing came, as a value: a code and its arguments.

A problem is what an error carries (``bot.errors``), and what the archive stores as the reason of an
outcome, a suspended digest or a delivery. It is compared by its code, never by its words; those are
made by ``bot.messages.render``, at the edge, where the reader and the language are known.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any, TypeAlias

Argument: TypeAlias = "str | int | float | bool | Problem | tuple[Argument, ...] | None"

FOR_THE_LOG = frozenset({"address", "technical"})
"""Arguments that words never show: the address that was asked, and the fault in technical terms."""


class Code(StrEnum):
    """Every kind of problem. The values are stored and part of JSON documents: never changed."""

    # A reason that an earlier version stored as a sentence: ``text``.
    LEGACY = "legacy"
    # Several at once: ``problems``.
    SEVERAL = "several"

    # --- HTTP: what kept a service from answering -----------------------------------------------
    HOST_TIMED_OUT = "host_timed_out"
    HOST_NAME_NOT_FOUND = "host_name_not_found"
    HOST_NOT_TRUSTED = "host_not_trusted"
    HOST_DISCONNECTED = "host_disconnected"
    HOST_UNREACHABLE = "host_unreachable"
    PROXY_ANSWERED = "proxy_answered"
    ANSWER_NOT_HTTP = "answer_not_http"
    ANSWER_BROKEN_OFF = "answer_broken_off"
    NO_WEB_ADDRESS = "no_web_address"
    REDIRECTED_NOWHERE = "redirected_nowhere"
    REDIRECTED_IN_CIRCLES = "redirected_in_circles"
    REDIRECTED_TO_PRIVATE_ADDRESS = "redirected_to_private_address"
    HOST_ANSWERED = "host_answered"
    HOST_ASKED_TO_SLOW_DOWN = "host_asked_to_slow_down"
    ASKED_TO_WAIT = "asked_to_wait"
    BODY_TOO_LARGE = "body_too_large"
    ANSWER_UNREADABLE = "answer_unreadable"
    TOO_MANY_ENTRIES = "too_many_entries"
    ENTRIES_LEFT_OUT = "entries_left_out"
    SWITCHED_OFF = "switched_off"
    NOT_FINISHED_IN_TIME = "not_finished_in_time"
    HOST_NOT_FINISHED_IN_TIME = "host_not_finished_in_time"
    NO_ANSWER_IN_TIME = "no_answer_in_time"
    OWN_FAULT = "own_fault"

    # --- arXiv: why a day has no listing, and what is the matter with one -----------------------
    WEEKEND = "weekend"
    ARXIV_HOLIDAY = "arxiv_holiday"
    NOT_ANNOUNCED_YET = "not_announced_yet"
    NO_LISTING_AT_WEEKENDS = "no_listing_at_weekends"
    NO_LISTING = "no_listing"
    LISTING_EXPECTED = "listing_expected"
    NOTHING_ANNOUNCED = "nothing_announced"
    NOTHING_ANNOUNCED_FOR = "nothing_announced_for"
    ANSWERED_IN_FULL = "answered_in_full"
    OF_ENDPOINT = "of_endpoint"
    MORE_PAPERS = "more_papers"
    NOT_ASKED_AFTER = "not_asked_after"
    NOT_ASKED_TOO_SLOW = "not_asked_too_slow"
    EMPTY_BUT_DOUBTED = "empty_but_doubted"
    STILL_SHOWS = "still_shows"
    ARXIV_REFUSED = "arxiv_refused"
    ENTRIES_UNREADABLE = "entries_unreadable"
    NO_FEED = "no_feed"
    PAPERS_LEFT_OUT = "papers_left_out"
    FEED_TRUNCATED = "feed_truncated"
    FEED_TRUNCATED_AT_ONCE = "feed_truncated_at_once"
    FEED_CUT = "feed_cut"
    FEED_WITHOUT_DAY = "feed_without_day"
    FEED_EMPTY_OF_OTHER_DAY = "feed_empty_of_other_day"
    PAGE_EMPTY = "page_empty"
    PAGE_WITHOUT_ENTRIES = "page_without_entries"
    PAGE_WITHOUT_DAY = "page_without_day"
    PAGE_TOO_LARGE = "page_too_large"
    PAGES_INCOMPLETE = "pages_incomplete"
    OF_PAGE = "of_page"
    NEW_LISTING_OF_OTHER_DAY = "new_listing_of_other_day"
    PAGES_END = "pages_end"
    PAGES_BEGIN = "pages_begin"
    RECORDS_END = "records_end"
    RECORDS_READ_IN_PART = "records_read_in_part"
    NO_RECORDS_YET = "no_records_yet"
    DATED_BY_SUBMISSION = "dated_by_submission"
    DATED_BY_SUBMISSION_FOR_NOW = "dated_by_submission_for_now"
    NOTHING_DATED_BY_SUBMISSION = "nothing_dated_by_submission"
    NO_OAI = "no_oai"
    OAI_REFUSED = "oai_refused"
    OAI_WITHOUT_RECORDS = "oai_without_records"
    OAI_BROKEN_OFF = "oai_broken_off"
    OAI_REPEATS = "oai_repeats"
    OAI_RECORD_TOO_LARGE = "oai_record_too_large"
    OAI_RECORD_UNREADABLE = "oai_record_unreadable"
    OAI_PAGE_TOO_LARGE = "oai_page_too_large"
    SNAPSHOT_UNREADABLE = "snapshot_unreadable"
    SNAPSHOT_EMPTY = "snapshot_empty"
    SNAPSHOT_WITHOUT_RECORDS = "snapshot_without_records"
    NO_LISTINGS_BETWEEN = "no_listings_between"

    # --- networks: what is the matter with posts ------------------------------------------------
    OF_SERVER = "of_server"
    OLDER_POSTS_NOT_COUNTED = "older_posts_not_counted"
    OLDER_PAPERS_NOT_COUNTED = "older_papers_not_counted"
    NO_TIME_FOR_OLDER_POSTS = "no_time_for_older_posts"
    X_WITHOUT_TOKEN = "x_without_token"  # noqa: S105 - a code, no token
    X_TOKEN_REFUSED = "x_token_refused"  # noqa: S105 - a code, no token
    X_REFUSED = "x_refused"
    X_NO_CREDIT = "x_no_credit"
    X_USAGE_CAPPED = "x_usage_capped"
    X_WAITS_AGAIN = "x_waits_again"
    X_WAITS_UNTOLD = "x_waits_untold"
    X_REPEATS = "x_repeats"
    X_ENDLESS = "x_endless"
    X_BUDGET_SPENT = "x_budget_spent"
    X_KNOWN_POSTS_LEFT = "x_known_posts_left"
    X_NOTHING_LEFT_TO_READ = "x_nothing_left_to_read"
    X_NO_ROOM_FOR_PAGE = "x_no_room_for_page"
    X_OLDER_MISSING = "x_older_missing"
    X_OUT_OF_REACH = "x_out_of_reach"
    X_ONLY_ABOVE_FLOOR = "x_only_above_floor"
    X_PARTIAL_ERROR = "x_partial_error"
    BLUESKY_NOTHING_TO_ASK = "bluesky_nothing_to_ask"
    BLUESKY_REFUSED = "bluesky_refused"
    BLUESKY_SESSION_REFUSED = "bluesky_session_refused"
    BLUESKY_LOGIN_REFUSED = "bluesky_login_refused"
    BLUESKY_HAD_NONE = "bluesky_had_none"
    BLUESKY_SEARCH_TOO_LONG = "bluesky_search_too_long"
    JETSTREAM_ENDED = "jetstream_ended"
    JETSTREAM_ENDS_AT_ONCE = "jetstream_ends_at_once"
    JETSTREAM_NOT_HEARD_YET = "jetstream_not_heard_yet"
    JETSTREAM_HEARD_FROM = "jetstream_heard_from"
    JETSTREAM_READ_UP_TO = "jetstream_read_up_to"
    STORIES_MISSING = "stories_missing"
    STORIES_OUT_OF_REACH = "stories_out_of_reach"
    DAY_LIST_TOO_LONG = "day_list_too_long"
    MASTODON_NOTHING_TO_ASK = "mastodon_nothing_to_ask"
    MASTODON_MEMBERS_ONLY = "mastodon_members_only"
    MASTODON_TAG_TOO_LONG = "mastodon_tag_too_long"

    # --- archive --------------------------------------------------------------------------------
    NO_ARCHIVE = "no_archive"
    ARCHIVE_EMPTY = "archive_empty"
    ARCHIVE_FAILED = "archive_failed"
    ARCHIVE_UNREADABLE = "archive_unreadable"
    ARCHIVE_NEWER = "archive_newer"
    ARCHIVE_FOLDER_NOT_MADE = "archive_folder_not_made"
    ARCHIVE_FOLDER_NOT_WRITABLE = "archive_folder_not_writable"
    GATE_FILE_UNUSABLE = "gate_file_unusable"
    ARCHIVE_FILE_NOT_WRITABLE = "archive_file_not_writable"
    # In use by a process that another may take over from, and by any.
    ARCHIVE_HELD = "archive_held"
    ARCHIVE_IN_USE = "archive_in_use"
    ARCHIVE_NOT_LET_GO = "archive_not_let_go"
    ARCHIVE_OPEN_ELSEWHERE = "archive_open_elsewhere"
    ARCHIVE_TAKEN_OVER = "archive_taken_over"
    FOREIGN_DATABASE = "foreign_database"
    NOT_AN_ARCHIVE = "not_an_archive"
    NOT_READABLE_AS_ARCHIVE = "not_readable_as_archive"
    ARCHIVE_WITH_VIEWS = "archive_with_views"
    COPY_NOT_WRITTEN = "copy_not_written"
    COPY_WITHOUT_ROOM = "copy_without_room"
    PROCESS_ENDED = "process_ended"
    ARCHIVE_NOT_WHOLE = "archive_not_whole"
    ROW_UNREADABLE = "row_unreadable"

    # --- backups --------------------------------------------------------------------------------
    BACKUP_FOLDER_MISSING = "backup_folder_missing"
    BACKUP_ONTO_OWN_FILE = "backup_onto_own_file"
    BACKUP_ONTO_OTHER_FILE = "backup_onto_other_file"
    BACKUP_EXISTS = "backup_exists"
    ARCHIVE_NOT_BACKED_UP = "archive_not_backed_up"
    CONFIG_NOT_BACKED_UP = "config_not_backed_up"
    BACKUP_NOT_WRITTEN = "backup_not_written"
    FOLDER_NOT_WRITABLE = "folder_not_writable"
    BACKUP_NO_FILE = "backup_no_file"
    BACKUP_UNREADABLE = "backup_unreadable"
    BACKUP_OF_MANY_PARTS = "backup_of_many_parts"
    BACKUP_WITHOUT_MANIFEST = "backup_without_manifest"
    BACKUP_MANIFEST_UNREADABLE = "backup_manifest_unreadable"
    BACKUP_WITHOUT_ARCHIVE = "backup_without_archive"
    BACKUP_NEWER = "backup_newer"
    BACKUP_PART_TWICE = "backup_part_twice"
    BACKUP_PART_CHANGED = "backup_part_changed"
    BACKUP_PART_MISSING = "backup_part_missing"
    BACKUP_PART_OF_OTHER_LENGTH = "backup_part_of_other_length"
    BACKUP_PART_ENCRYPTED = "backup_part_encrypted"
    BACKUP_PART_PACKED_OTHERWISE = "backup_part_packed_otherwise"
    BACKUP_PART_TOO_LONG = "backup_part_too_long"
    BACKUP_ARCHIVE_DAMAGED = "backup_archive_damaged"
    BACKUP_ARCHIVE_NEWER = "backup_archive_newer"
    BACKUP_WITH_OTHER_ADDRESSES = "backup_with_other_addresses"
    NO_ROOM_TO_RESTORE = "no_room_to_restore"
    RESTORE_ONTO_BACKUP = "restore_onto_backup"
    RESTORE_ONTO_NO_FILE = "restore_onto_no_file"
    RESTORE_ONTO_OTHER_FILE = "restore_onto_other_file"
    ARCHIVE_NOT_PUT_IN_PLACE = "archive_not_put_in_place"

    # --- input: what cannot be read of what somebody typed --------------------------------------
    NO_DATE = "no_date"
    NO_SUCH_DAY_OF_MONTH = "no_such_day_of_month"
    SEVERAL_DATES = "several_dates"
    OTHER_WEEKDAY = "other_weekday"
    NO_HOUR = "no_hour"
    NO_ZONE = "no_zone"
    NO_HOUR_WITH_ZONE = "no_hour_with_zone"
    SEVERAL_PAPERS = "several_papers"
    NO_PAPER = "no_paper"
    NOT_CANONICAL_ID = "not_canonical_id"
    UNKNOWN_CATEGORY = "unknown_category"
    EXCLUDED_CATEGORY = "excluded_category"
    NOTHING_LEFT = "nothing_left"
    TOO_MANY_KEYWORDS = "too_many_keywords"
    KEYWORD_TOO_LONG = "keyword_too_long"
    KEYWORD_WITHOUT_LETTERS = "keyword_without_letters"
    KEYWORD_WITH_DAYS = "keyword_with_days"
    UNREADABLE_KEYWORD = "unreadable_keyword"
    UNKNOWN_DIGEST = "unknown_digest"
    UNKNOWN_FOLLOW = "unknown_follow"
    NO_SIZE = "no_size"
    BAR_TOO_HIGH = "bar_too_high"
    RATE_OUT_OF_RANGE = "rate_out_of_range"
    BAR_OUT_OF_RANGE = "bar_out_of_range"
    BLOG_DAY_WITHOUT_POSTS = "blog_day_without_posts"

    # --- searches -------------------------------------------------------------------------------
    EMPTY_QUERY = "empty_query"
    QUERY_TOO_LONG = "query_too_long"
    QUERY_WITHOUT_WORD = "query_without_word"
    QUERY_ONLY_EXCLUDES = "query_only_excludes"
    TOO_MANY_TERMS = "too_many_terms"
    UNKNOWN_FIELD = "unknown_field"
    FIELD_WITHOUT_VALUE = "field_without_value"
    FIELD_WITHOUT_WORD = "field_without_word"
    FIELD_WITHOUT_CATEGORY = "field_without_category"
    UNCLOSED_QUOTE = "unclosed_quote"
    FOREIGN_LINK = "foreign_link"
    OR_IN_QUERY = "or_in_query"
    NOT_IN_QUERY = "not_in_query"
    EXCLUDED_DAYS = "excluded_days"
    DAY_OUT_OF_RANGE = "day_out_of_range"
    NO_DAY_BETWEEN = "no_day_between"

    # --- blog: where a post breaks the format ---------------------------------------------------
    BLOG_FORMAT = "blog_format"
    BLOG_TOO_LARGE = "blog_too_large"
    BLOG_NOT_UTF8 = "blog_not_utf8"
    BLOG_POST_CUT_OFF = "blog_post_cut_off"
    BLOG_WITHOUT_FRONT_MATTER = "blog_without_front_matter"
    BLOG_ENDLESS_FRONT_MATTER = "blog_endless_front_matter"
    BLOG_INCOMPLETE_FRONT_MATTER = "blog_incomplete_front_matter"
    BLOG_TITLE_WITHOUT_DATE = "blog_title_without_date"
    BLOG_NO_TIME = "blog_no_time"
    BLOG_OTHER_DAY_IN_NAME = "blog_other_day_in_name"
    BLOG_PAPER_EXPECTED = "blog_paper_expected"
    BLOG_OTHER_PLACE = "blog_other_place"
    BLOG_COUNTS_EXPECTED = "blog_counts_expected"
    BLOG_COUNTS_WITHOUT_TIME = "blog_counts_without_time"
    BLOG_NO_COUNTS = "blog_no_counts"
    BLOG_NEGATIVE_COUNT = "blog_negative_count"
    BLOG_LINKS_EXPECTED = "blog_links_expected"
    BLOG_LINKS_OF_TWO_PAPERS = "blog_links_of_two_papers"
    BLOG_CATEGORIES_EXPECTED = "blog_categories_expected"
    BLOG_EMBED_CUT_OFF = "blog_embed_cut_off"
    BLOG_EMBED_WITHOUT_SCRIPT = "blog_embed_without_script"
    BLOG_EMBED_WITHOUT_LINK = "blog_embed_without_link"
    BLOG_EMBED_NOT_OF_X = "blog_embed_not_of_x"
    BLOG_EMBED_NO_WEB_ADDRESS = "blog_embed_no_web_address"
    BLOG_EMBED_UNKNOWN = "blog_embed_unknown"
    BLOG_HOLDS_ONE_DAY = "blog_holds_one_day"

    # --- delivery: what Discord answered --------------------------------------------------------
    DISCORD_UNREACHABLE = "discord_unreachable"
    DISCORD_CONNECTION_BROKE = "discord_connection_broke"
    DISCORD_ANSWER_UNREADABLE = "discord_answer_unreadable"
    DISCORD_FAULT = "discord_fault"
    DISCORD_ASKED_TO_WAIT = "discord_asked_to_wait"
    DISCORD_SWITCHED_OFF = "discord_switched_off"
    DISCORD_OUTAGE = "discord_outage"
    DISCORD_TOKEN_REFUSED = "discord_token_refused"  # noqa: S105 - a code, no token
    DISCORD_ADDRESS_REFUSED = "discord_address_refused"
    EARLIER_TRY_ANSWERED = "earlier_try_answered"
    EARLIER_TRY_UNANSWERED = "earlier_try_unanswered"
    CHANNEL_REFUSED = "channel_refused"
    MESSAGE_REFUSED = "message_refused"

    # --- delivery: why a digest is suspended ----------------------------------------------------
    CHANNEL_GONE = "channel_gone"
    CHANNEL_NOT_VISIBLE = "channel_not_visible"
    WRONG_CHANNEL_KIND = "wrong_channel_kind"
    SENDING_NOT_ALLOWED = "sending_not_allowed"
    MISSING_PERMISSIONS = "missing_permissions"
    SERVER_GONE = "server_gone"
    NOT_IN_SERVER = "not_in_server"
    THREAD_ARCHIVED = "thread_archived"
    THREAD_LOCKED = "thread_locked"
    DIRECT_MESSAGES_CLOSED = "direct_messages_closed"
    NO_SHARED_SERVER = "no_shared_server"
    RULE_UNREADABLE = "rule_unreadable"

    # --- delivery: what became of a message -----------------------------------------------------
    MAYBE_POSTED = "maybe_posted"
    DELETED_AFTER_POSTING = "deleted_after_posting"
    GIVEN_UP_AFTER_TRIES = "given_up_after_tries"
    GIVEN_UP_AFTER_A_DAY = "given_up_after_a_day"
    EARLIER_PART_NOT_POSTED = "earlier_part_not_posted"
    BOT_NOT_CONNECTED = "bot_not_connected"
    ENDED_WHILE_SENDING = "ended_while_sending"
    HISTORY_NOT_READABLE = "history_not_readable"
    TOO_MANY_MESSAGES_SINCE = "too_many_messages_since"

    # --- delivery: why a digest was not posted --------------------------------------------------
    MERGED_INTO_LATER_DIGEST = "merged_into_later_digest"
    SKIPPED_AFTER_DOWNTIME = "skipped_after_downtime"
    TOO_OLD = "too_old"
    DIGEST_PAUSED = "digest_paused"
    SUSPENDED_TOO_LONG = "suspended_too_long"
    PAUSED_BEFORE_POSTING = "paused_before_posting"
    DELETED_BEFORE_POSTING = "deleted_before_posting"
    NOTHING_NEW = "nothing_new"
    DIGEST_WITHOUT_LISTING = "digest_without_listing"
    NO_LISTING_CLOSED = "no_listing_closed"
    NOTHING_ABOVE_BAR = "nothing_above_bar"
    NOTHING_FOLLOWED = "nothing_followed"
    LISTINGS_NOT_COMPLETE = "listings_not_complete"
    DIGEST_NOT_MADE = "digest_not_made"

    # --- selection: why a channel does not get a paper, or at which place it does ----------------
    NOT_HARVESTED_HERE = "not_harvested_here"
    PAPER_NOT_HARVESTED = "paper_not_harvested"
    PAPER_ONLY_REPLACED = "paper_only_replaced"
    OTHER_CATEGORIES = "other_categories"
    CROSS_LISTED_LATER = "cross_listed_later"
    ONLY_CROSS_LISTED = "only_cross_listed"
    KEYWORDS_NOT_SAID = "keywords_not_said"
    KEYWORD_EXCLUDED = "keyword_excluded"
    BELOW_BAR = "below_bar"
    BEYOND_TOP = "beyond_top"
    POSTED_BEFORE = "posted_before"
    SELECTED = "selected"

    # --- start-up -------------------------------------------------------------------------------


class Problem:
    """A code with named arguments: ``Problem(Code.HOST_ANSWERED, host="x.org", status=404)``.

    Arguments become what JSON can hold: a date or time its ISO 8601 text, a path or exception its
    text, a sequence a tuple. A problem may be an argument of another. Immutable and hashable; equal
    when code and arguments are.
    """

    __slots__ = ("_arguments", "code")

    def __init__(self, code: Code, **arguments: object) -> None:
        self.code = code
        self._arguments = tuple((name, _plain(arguments[name])) for name in sorted(arguments))

    @property
    def arguments(self) -> dict[str, Any]:
        return dict(self._arguments)

    @property
    def shown(self) -> "Problem":
        """Without what is for the log only: equal where the words are."""
        arguments = {
            name: _each(value, lambda part: part.shown)
            for name, value in self._arguments
            if name not in FOR_THE_LOG
        }
        return Problem(self.code, **arguments)

    def parts(self) -> "Iterator[Problem]":
        """This one, and those in its arguments, however deep."""
        yield self
        for _, value in self._arguments:
            for part in value if isinstance(value, tuple) else (value,):
                if isinstance(part, Problem):
                    yield from part.parts()

    def starred(self, star: Callable[[str], str]) -> "Problem":
        """With ``star`` of each text in it, which hides the secrets that a service quoted."""
        return Problem(
            self.code,
            **{k: _each(v, lambda part: part.starred(star), star) for k, v in self._arguments},
        )

    def to_json(self) -> str:
        """The arguments as a JSON object, for a column beside that of the code."""
        return json.dumps(
            {name: _wire(value) for name, value in self._arguments}, ensure_ascii=False
        )

    @classmethod
    def from_json(cls, code: str, arguments: str) -> "Problem":
        """Of a stored code and its ``to_json``. A code that this version does not know is kept as
        the text of a ``LEGACY`` one. Raises ValueError for arguments that are no JSON object."""
        try:
            return _problem(code, json.loads(arguments or "{}"))
        except (AttributeError, TypeError, ValueError, RecursionError) as error:
            raise ValueError("the arguments of a problem are a JSON object") from error

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Problem):
            return NotImplemented
        return (self.code, self._arguments) == (other.code, other._arguments)

    def __hash__(self) -> int:
        return hash((self.code, self._arguments))

    def __repr__(self) -> str:
        return f"Problem({', '.join([self.code, *(f'{k}={v!r}' for k, v in self._arguments)])})"

    def __str__(self) -> str:
        """For logs and tracebacks: ``host_answered host=x.org status=404``. No words for people."""
        return " ".join([self.code, *(f"{name}={value}" for name, value in self._arguments)])


def several(problems: Iterable[Problem], limit: int = 0) -> Problem | None:
    """One for all that differ in what is shown, of which the first ``limit`` (0: all) are named;
    None for none."""
    different: dict[Problem, Problem] = {}
    for problem in problems:
        different.setdefault(problem.shown, problem)
    if len(different) < 2:
        return next(iter(different.values()), None)
    named = tuple(different.values())[: limit or None]
    return Problem(Code.SEVERAL, problems=named, more=len(different) - len(named))


def _plain(value: object) -> Argument:
    match value:
        case Enum():
            return _plain(value.value)
        case str() | bool() | int() | float() | None | Problem():
            return value
        case datetime() | date():
            return value.isoformat()
        case list() | tuple():
            return tuple(map(_plain, value))
        case Path() | BaseException():
            return str(value)
    raise TypeError(f"{type(value).__name__} cannot be an argument of a problem")


def _each(
    value: Argument,
    of_problem: Callable[[Problem], Problem],
    of_text: Callable[[str], str] = str,
) -> Argument:
    if isinstance(value, Problem):
        return of_problem(value)
    if isinstance(value, tuple):
        return tuple(_each(part, of_problem, of_text) for part in value)
    return of_text(value) if isinstance(value, str) else value


def _wire(value: Argument) -> object:
    if isinstance(value, Problem):
        return {"code": value.code, "arguments": {k: _wire(v) for k, v in value._arguments}}
    return [_wire(each) for each in value] if isinstance(value, tuple) else value


def _unwire(value: object) -> object:
    if isinstance(value, dict):
        return _problem(str(value.get("code")), value.get("arguments") or {})
    return tuple(map(_unwire, value)) if isinstance(value, list) else value


def _problem(code: str, arguments: Mapping[str, Any]) -> Problem:
    named = {name: _unwire(value) for name, value in arguments.items()}
    try:
        return Problem(Code(code), **named)
    except ValueError:
        shown = Problem(Code.LEGACY, **named).shown.arguments
        text = " ".join([code, *(f"{name}={value}" for name, value in shown.items())])
        return Problem(Code.LEGACY, text=text, technical=json.dumps(arguments))
