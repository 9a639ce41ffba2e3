"""The schema, as steps that are applied once and in order. A released step is never edited.

Longer than other files, and longer with each release: whoever wants to know how a table came about
reads one list from its beginning, and a step in a file of its own would hide that order.
"""

import logging
import re
import sqlite3

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from bot.config import logs
from bot.errors import StoreError
from bot.problems import Code, Problem
from bot.store import full_text_index, papers, posts, ranking_totals
from bot.store.codecs import dump

logger = logging.getLogger(__name__)

steps = Migrations("hotpapers")


def bring_up_to_date(db: Database) -> None:
    """Apply what is missing. Raises StoreError when the file was written by a newer program."""
    newer = set(applied(db)) - set(known())
    if newer:
        raise StoreError(Problem(Code.ARCHIVE_NEWER, steps=sorted(newer)))
    if steps.pending(db):
        steps.apply(db)


def give_room_back(db: Database) -> None:
    """After a step that made rows smaller: write the file anew without the room that they left.

    Outside of a transaction. Killed, it is begun again when the archive is next opened. Where it
    cannot be done (no room on the disk), the room stays in the file, for rows to come.
    """
    if db.conn.execute("PRAGMA user_version").fetchone()[0] != _LOOSE:
        return
    try:
        db.conn.execute("VACUUM")
        db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError as error:
        logs.event(logger, logging.WARNING, "archive.room_not_given_back", error=error)
    db.conn.execute("PRAGMA user_version = 0")


_LOOSE = 1  # the file's ``user_version`` until the room has been given back


def known() -> tuple[str, ...]:
    """The steps of this program's schema, in order."""
    with Database(memory=True) as nothing:
        return tuple(step.name for step in steps.pending(nothing))


def applied(db: Database) -> tuple[str, ...]:
    """The steps that a file has had, in order; none for a file that is no archive."""
    return tuple(step.name for step in steps.applied(db))


@steps()
def m001_papers_and_days(db: Database) -> None:
    _run(
        db,
        """
        CREATE TABLE papers (
            id INTEGER PRIMARY KEY,
            arxiv_id TEXT NOT NULL UNIQUE,
            version INTEGER NOT NULL,
            first_day TEXT,                 -- first listed as news, else first listed
            attention INTEGER NOT NULL DEFAULT 0,   -- best score; part of papers_fts.rowid
            title TEXT NOT NULL,            -- what a search compares stands before the long texts
            authors TEXT NOT NULL,          -- JSON list, in author order
            categories TEXT NOT NULL,       -- JSON list, primary first
            abstract TEXT NOT NULL,
            submitted_at INTEGER,
            comment TEXT, journal_ref TEXT, doi TEXT, license_url TEXT,
            raw_title TEXT NOT NULL, raw_authors TEXT NOT NULL, raw_abstract TEXT NOT NULL,
            first_seen INTEGER NOT NULL
        );
        CREATE TABLE listings (
            day TEXT NOT NULL,
            arxiv_id TEXT NOT NULL REFERENCES papers (arxiv_id),
            announcement TEXT NOT NULL,
            learnt_from TEXT NOT NULL,
            subjects TEXT NOT NULL,         -- the paper's category patterns, between spaces
            previous TEXT,                  -- when it was news before, on the day of a news listing
            PRIMARY KEY (day, arxiv_id)
        ) WITHOUT ROWID;
        CREATE INDEX listings_by_paper ON listings (arxiv_id, day);
        CREATE INDEX listings_again ON listings (day, previous, subjects)
            WHERE previous IS NOT NULL;
        CREATE TABLE totals (               -- a summary of listings, written by totals.py
            pattern TEXT NOT NULL,          -- a category pattern, or '' for every paper
            day TEXT NOT NULL,
            listed INTEGER NOT NULL,        -- news of that day
            PRIMARY KEY (pattern, day)
        ) WITHOUT ROWID;
        CREATE TABLE days (
            day TEXT PRIMARY KEY,
            state TEXT NOT NULL,
            era TEXT NOT NULL,
            harvested_at INTEGER,           -- when the harvest was whole
            counted_at INTEGER,
            closed_at INTEGER,
            late INTEGER NOT NULL DEFAULT 0
        ) WITHOUT ROWID;
        CREATE TABLE outcomes (
            id INTEGER PRIMARY KEY,
            day TEXT NOT NULL,
            stage TEXT NOT NULL,            -- harvest or collect
            source TEXT NOT NULL,
            status TEXT NOT NULL,
            reason TEXT NOT NULL,
            at INTEGER NOT NULL,
            requests INTEGER NOT NULL,
            items INTEGER NOT NULL
        );
        CREATE INDEX outcomes_by_day ON outcomes (day, stage, source, id);
        CREATE VIRTUAL TABLE papers_fts USING fts5 ( -- written by bot/store/full_text_index.py
            title, abstract, authors, subjects,
            content='', tokenize='ascii'
        );
        """,
    )


@steps()
def m002_posts_and_standings(db: Database) -> None:
    _run(
        db,
        """
        CREATE TABLE posts (
            id INTEGER PRIMARY KEY,
            network TEXT NOT NULL,
            post_id TEXT NOT NULL,
            url TEXT NOT NULL,
            author TEXT NOT NULL, author_id TEXT NOT NULL, author_name TEXT NOT NULL,
            posted_at INTEGER NOT NULL,
            text TEXT,                      -- short-lived; NULL once it has expired
            reposts INTEGER NOT NULL,       -- the newest snapshot, kept here to be read fast
            likes INTEGER NOT NULL,
            replies INTEGER NOT NULL,
            counted_at INTEGER NOT NULL,
            UNIQUE (network, post_id)
        );
        CREATE INDEX posts_with_text ON posts (posted_at) WHERE text IS NOT NULL;
        CREATE TABLE post_papers (
            arxiv_id TEXT NOT NULL,         -- may name a paper that is not in the archive
            interest INTEGER NOT NULL,      -- the post's reposts + likes: a paper's best come first
            post INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
            PRIMARY KEY (arxiv_id, interest DESC, post)
        ) WITHOUT ROWID;
        CREATE UNIQUE INDEX post_papers_by_post ON post_papers (post, arxiv_id);
        CREATE TABLE counts (               -- append-only; a row where a number changed
            post INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
            taken_at INTEGER NOT NULL,
            reposts INTEGER NOT NULL, likes INTEGER NOT NULL, replies INTEGER NOT NULL,
            PRIMARY KEY (post, taken_at)
        ) WITHOUT ROWID;
        CREATE TABLE replaced_posts (       -- earlier edits, so that they are never counted again
            network TEXT NOT NULL,
            post_id TEXT NOT NULL,
            newest_id TEXT NOT NULL,
            PRIMARY KEY (network, post_id)
        ) WITHOUT ROWID;
        CREATE TABLE standings (            -- derived from posts and rates; may be made again
            day TEXT NOT NULL,
            arxiv_id TEXT NOT NULL,
            score REAL NOT NULL,
            likes INTEGER NOT NULL,
            people INTEGER NOT NULL,
            parts TEXT NOT NULL,            -- JSON list of ScorePart
            age INTEGER NOT NULL,           -- orders ids by age, the last tie-break
            again INTEGER NOT NULL,         -- whether it may have a standing of an earlier day
            subjects TEXT NOT NULL,         -- the paper's category patterns, between spaces
            PRIMARY KEY (day, arxiv_id)
        ) WITHOUT ROWID;
        CREATE INDEX standings_by_score ON standings
            (day, score DESC, likes, people, age, again, subjects);     -- all that a ranking needs
        CREATE INDEX standings_by_paper ON standings (arxiv_id, day, score);
        CREATE TABLE reads (                -- posts read from a service that bills by the post
            source TEXT NOT NULL,
            utc_day TEXT NOT NULL,
            post_id TEXT NOT NULL,
            PRIMARY KEY (source, utc_day, post_id)
        ) WITHOUT ROWID;
        """,
    )


@steps()
def m003_rules_and_ledger(db: Database) -> None:
    _run(
        db,
        """
        CREATE TABLE rules (
            id INTEGER PRIMARY KEY,
            guild_id INTEGER NOT NULL,
            channel_id INTEGER NOT NULL,
            categories TEXT NOT NULL,       -- JSON list of patterns
            at TEXT NOT NULL,               -- HH:MM in zone
            zone TEXT NOT NULL,
            rhythm TEXT NOT NULL,
            top INTEGER NOT NULL,
            bar REAL,
            layout TEXT NOT NULL,
            cross_lists INTEGER NOT NULL,
            keywords TEXT NOT NULL,
            exclusions TEXT NOT NULL,
            thread INTEGER NOT NULL,
            quiet_lines INTEGER NOT NULL,
            catch_up TEXT NOT NULL,
            created_by INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            paused INTEGER NOT NULL DEFAULT 0,
            parked TEXT NOT NULL DEFAULT '',
            deleted INTEGER NOT NULL DEFAULT 0
        );
        CREATE INDEX rules_by_guild ON rules (guild_id);
        CREATE TABLE deliveries (
            id INTEGER PRIMARY KEY,
            target_kind TEXT NOT NULL,
            target_id INTEGER NOT NULL,
            rule_id INTEGER NOT NULL,
            slot_at INTEGER NOT NULL,
            part INTEGER NOT NULL,
            state TEXT NOT NULL,
            nonce TEXT NOT NULL UNIQUE,
            listing_day TEXT,
            message_id INTEGER,
            reason TEXT NOT NULL DEFAULT '',
            attempts INTEGER NOT NULL DEFAULT 0,
            content TEXT NOT NULL DEFAULT '',   -- hash of a body in contents; '' for none
            planned_at INTEGER NOT NULL,
            reserved_at INTEGER,
            sealed_at INTEGER,
            UNIQUE (target_kind, target_id, rule_id, slot_at, part)
        );
        CREATE INDEX deliveries_by_state ON deliveries (state);
        CREATE INDEX deliveries_by_rule ON deliveries (rule_id, slot_at);
        CREATE TABLE posted (               -- which paper each channel has had, by which slot
            rule_id INTEGER NOT NULL,
            arxiv_id TEXT NOT NULL,
            slot_at INTEGER NOT NULL,
            rank INTEGER NOT NULL,
            score REAL NOT NULL,
            PRIMARY KEY (rule_id, arxiv_id, slot_at)
        ) WITHOUT ROWID;
        CREATE TABLE posted_days (          -- which listing days each rule's slots have covered
            rule_id INTEGER NOT NULL,
            day TEXT NOT NULL,
            slot_at INTEGER NOT NULL,
            PRIMARY KEY (rule_id, day)
        ) WITHOUT ROWID;
        CREATE TABLE contents (             -- bodies of messages as posted, shared by channels
            hash TEXT PRIMARY KEY,
            body TEXT NOT NULL              -- JSON list of components
        ) WITHOUT ROWID;
        CREATE TABLE meta (
            key TEXT PRIMARY KEY,
            value TEXT NOT NULL,
            at INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE http_validators (
            url TEXT PRIMARY KEY,
            etag TEXT NOT NULL,
            last_modified TEXT NOT NULL
        ) WITHOUT ROWID;
        """,
    )


@steps()
def m004_blog(db: Database) -> None:
    _run(
        db,
        """
        CREATE TABLE blog_days (            -- imported posts of the old blog, as they were
            day TEXT PRIMARY KEY,
            era TEXT NOT NULL,
            dated INTEGER NOT NULL,
            front TEXT NOT NULL,            -- front matter, from --- to ---
            hash TEXT NOT NULL,             -- of the whole post, to know it when it comes again
            imported_at INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE blog_papers (
            day TEXT NOT NULL REFERENCES blog_days (day) ON DELETE CASCADE,
            rank INTEGER NOT NULL,
            arxiv_id TEXT NOT NULL,
            categories TEXT NOT NULL,       -- JSON list as printed; here and in counts again, as
            counts TEXT NOT NULL,           -- JSON list of NetworkCounts; a year is ordered by them
            attention INTEGER NOT NULL,     -- what the printed counts are worth in a search
            body TEXT NOT NULL,             -- JSON BlogPaper
            PRIMARY KEY (day, rank)
        ) WITHOUT ROWID;
        CREATE INDEX blog_papers_by_paper ON blog_papers (arxiv_id, day);
        """,
    )


@steps()
def m005_follows(db: Database) -> None:
    _run(
        db,
        """
        CREATE TABLE follows (
            id INTEGER PRIMARY KEY,
            member_id INTEGER NOT NULL,
            query TEXT NOT NULL,            -- a search, as it was typed
            created_at INTEGER NOT NULL,
            paused INTEGER NOT NULL DEFAULT 0,
            stopped INTEGER NOT NULL DEFAULT 0
        );
        CREATE INDEX follows_by_member ON follows (member_id);
        CREATE INDEX rules_by_maker ON rules (guild_id, created_by);
        """,
    )


@steps()
def m006_notes_of_answers(db: Database) -> None:
    _run(db, "ALTER TABLE http_validators ADD COLUMN note TEXT NOT NULL DEFAULT '';")


@steps()
def m007_troubles(db: Database) -> None:
    """What went wrong on a message's way, apart from the reason of its slot."""
    _run(db, "ALTER TABLE deliveries ADD COLUMN trouble TEXT NOT NULL DEFAULT '';")


@steps()
def m008_room_for_words(db: Database) -> None:
    """The words of 2,000 papers in memory, so that they are written as one piece of the index.

    With FTS5's usual 1 MB they were several, which then had to be merged (sqlite.org/fts5, "The
    'hashsize' Configuration Option"). At once, whatever the archive's size.
    """
    _run(db, "INSERT INTO papers_fts (papers_fts, rank) VALUES ('hashsize', 8388608);")


@steps()
def m009_ids_once(db: Database) -> None:
    """An id is given once for ever, so what is read before a wait and written after it never meets
    somebody else's row. What rules left in the ledger that are no more, or that had the id of one
    before them, goes.

    SQLite cannot add AUTOINCREMENT to a table (sqlite.org/lang_altertable), so each is made anew.
    """
    rule_ids = " UNION ALL ".join(
        f"SELECT max({column}) AS id FROM {table}"
        for table, column in (
            ("rules", "id"),
            ("deliveries", "rule_id"),
            ("posted", "rule_id"),
            ("posted_days", "rule_id"),
        )
    )
    highest = {
        "rules": f"SELECT max(id) FROM ({rule_ids})",
        "follows": "SELECT max(id) FROM follows",
        "deliveries": "SELECT max(id) FROM deliveries",
    }
    sequences = {
        table: db.conn.execute(f"SELECT coalesce(({query}), 0)").fetchone()[0]
        for table, query in highest.items()
    }
    for table in ("deliveries", "posted", "posted_days"):
        # Notices are of no rule, written as 0. No slot is older than its rule.
        db.conn.execute(
            f"""DELETE FROM {table} WHERE rule_id != 0 AND NOT EXISTS (
                    SELECT 1 FROM rules
                    WHERE rules.id = {table}.rule_id AND rules.created_at <= {table}.slot_at)"""
        )
    db.conn.execute("DELETE FROM contents WHERE hash NOT IN (SELECT content FROM deliveries)")
    _run(
        db,
        """
        CREATE TABLE rules_once (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            guild_id INTEGER NOT NULL,      -- 0 for a member's own digest
            channel_id INTEGER NOT NULL,
            categories TEXT NOT NULL,       -- JSON list of patterns
            at TEXT NOT NULL,               -- HH:MM in zone
            zone TEXT NOT NULL,
            rhythm TEXT NOT NULL,
            top INTEGER NOT NULL,
            bar REAL,
            layout TEXT NOT NULL,
            cross_lists INTEGER NOT NULL,
            keywords TEXT NOT NULL,
            exclusions TEXT NOT NULL,
            thread INTEGER NOT NULL,
            quiet_lines INTEGER NOT NULL,
            catch_up TEXT NOT NULL,
            created_by INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            paused INTEGER NOT NULL DEFAULT 0,
            parked TEXT NOT NULL DEFAULT '',
            deleted INTEGER NOT NULL DEFAULT 0
        );
        CREATE TABLE follows_once (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            member_id INTEGER NOT NULL,
            query TEXT NOT NULL,            -- a search, as it was typed
            created_at INTEGER NOT NULL,
            paused INTEGER NOT NULL DEFAULT 0,
            stopped INTEGER NOT NULL DEFAULT 0
        );
        CREATE TABLE deliveries_once (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            target_kind TEXT NOT NULL,
            target_id INTEGER NOT NULL,
            rule_id INTEGER NOT NULL,
            slot_at INTEGER NOT NULL,
            part INTEGER NOT NULL,
            state TEXT NOT NULL,
            nonce TEXT NOT NULL UNIQUE,
            listing_day TEXT,
            message_id INTEGER,
            reason TEXT NOT NULL DEFAULT '',
            attempts INTEGER NOT NULL DEFAULT 0,
            content TEXT NOT NULL DEFAULT '',   -- hash of a body in contents; '' for none
            planned_at INTEGER NOT NULL,
            reserved_at INTEGER,
            sealed_at INTEGER,
            trouble TEXT NOT NULL DEFAULT '',   -- what went wrong on the way, beside the reason
            UNIQUE (target_kind, target_id, rule_id, slot_at, part)
        );
        """,
    )
    for table, highest_id in sequences.items():
        db.conn.execute(f"INSERT INTO {table}_once SELECT * FROM {table}")
        db.conn.execute(f"DROP TABLE {table}")
        db.conn.execute(f"ALTER TABLE {table}_once RENAME TO {table}")
        db.conn.execute("DELETE FROM sqlite_sequence WHERE name = ?", [table])
        db.conn.execute("INSERT INTO sqlite_sequence VALUES (?, ?)", [table, highest_id])
    _run(
        db,
        """
        CREATE INDEX rules_by_guild ON rules (guild_id);
        CREATE INDEX rules_by_maker ON rules (guild_id, created_by);
        CREATE INDEX follows_by_member ON follows (member_id);
        CREATE INDEX deliveries_by_state ON deliveries (state);
        CREATE INDEX deliveries_by_rule ON deliveries (rule_id, slot_at);
        """,
    )


@steps()
def m010_unseen_parts(db: Database) -> None:
    """Since when a part waits for a look into its channel, as the archive may be a restored one."""
    _run(db, "ALTER TABLE deliveries ADD COLUMN unseen_since INTEGER;")


@steps()
def m011_exact_scores(db: Database) -> None:
    """Papers are ordered by their exact score, then by id. Days that were ranked before keep the
    rounded score until they are ranked again. Ten years in some seconds."""
    _run(
        db,
        """
        DROP INDEX standings_by_score;
        ALTER TABLE standings DROP COLUMN likes;
        ALTER TABLE standings ADD COLUMN exact REAL NOT NULL DEFAULT 0;  -- before rounding
        UPDATE standings SET exact = score;
        CREATE INDEX standings_by_score ON standings
            (day, score DESC, exact, age, again, subjects);     -- all that a ranking needs
        """,
    )


@steps()
def m012_may_stand(db: Database) -> None:
    """Whether a message that ended without being sent may stand in its channel, which the words of
    its reason told until now."""
    _run(
        db,
        """
        ALTER TABLE deliveries ADD COLUMN may_stand INTEGER NOT NULL DEFAULT 0;
        UPDATE deliveries SET may_stand = 1
            WHERE instr(reason, 'It may have been posted') = 1
                OR instr(reason, 'It was posted') = 1;
        """,
    )


@steps()
def m013_words_with_symbols(db: Database) -> None:
    """C++, A* and H_0 become words of the full-text index. Two minutes for a million papers."""
    full_text_index.add_symbols(db)


@steps()
def m014_reasons_of_outcomes(db: Database) -> None:
    """A reason becomes a code with arguments. What earlier versions said stays as a text; the
    addresses in it are for the log."""
    _run(
        db,
        """
        ALTER TABLE outcomes ADD COLUMN reason_code TEXT;
        ALTER TABLE outcomes ADD COLUMN reason_args TEXT;   -- JSON object
        UPDATE outcomes SET reason_code = 'legacy',
            reason_args = json_object('text', CAST(reason AS TEXT)) WHERE reason != '';
        """,
    )
    rows = db.conn.execute("SELECT id, reason FROM outcomes WHERE instr(reason, '://')")
    changed = [
        (dump({"technical": reason, "text": _without_addresses(reason)}), row)
        for row, reason in rows
        if isinstance(reason, str)
    ]
    db.conn.executemany("UPDATE outcomes SET reason_args = ? WHERE id = ?", changed)
    db.conn.executemany(
        "UPDATE outcomes SET reason_code = ?, reason_args = '{}' WHERE reason = ?",
        [  # what the program looked for in its sentences
            ("switched_off", "switched off in the configuration"),
            ("x_token_refused", "X does not accept the bearer token (401)"),
        ],
    )
    _run(db, "ALTER TABLE outcomes DROP COLUMN reason;")


# X's queries have brackets, and lists commas; a comma before a blank is the sentence's.
_REST = r"(?:\([^\s()]*\)|[,;](?=\S)|[^\s(),;])*"
_IN_BRACKETS = re.compile(rf" \(https?://{_REST}\)")
_ADDRESS = re.compile(rf"https?://([^/?#\s(),;]+){_REST}")
# "x.org answered 404 to https://x.org/a": who answered has been named.
_OF_ITS_OWN = re.compile(
    rf"(?<!\S)(?P<does>(?P<host>\S+) (?:answered|sent|broke off)\b[^;()]*?) (?:to|for) "
    rf"https?://(?P=host)(?=[/?#\s(),;]|$){_REST}"
)


def _without_addresses(reason: str) -> str:
    """What earlier versions stored, with hosts in place of addresses."""
    without = _IN_BRACKETS.sub("", reason)
    without = _OF_ITS_OWN.sub(r"\g<does>", without)
    return _ADDRESS.sub(r"\1", without)


# What the program compared when it stored sentences; all others stay as they were.
_CODES_OF_SENTENCES = {
    "It was posted, and somebody deleted it.": "deleted_after_posting",
    "merged into a later digest": "merged_into_later_digest",
    "more than seven days old: in the archive only": "too_old",
    "the digest was paused before this was posted": "paused_before_posting",
    "the digest was deleted before this was posted": "deleted_before_posting",
    "Your direct messages are closed to me.": "direct_messages_closed",
}
_MAYBE_POSTED = "It may have been posted. "


@steps()
def m015_problems_of_digests(db: Database) -> None:
    """Why a digest waits, was not posted or failed is a code with arguments, no sentence."""
    columns = (
        ("deliveries", "reason", "reason"),
        ("deliveries", "trouble", "last_error"),
        ("rules", "parked", "suspended"),
    )
    for table, old, new in columns:
        db.conn.execute(f"ALTER TABLE {table} ADD COLUMN {new}_code TEXT")
        db.conn.execute(f"ALTER TABLE {table} ADD COLUMN {new}_args TEXT")  # JSON object
        db.conn.execute(
            f"""UPDATE {table} SET {new}_code = 'legacy', {new}_args = json_object('text', {old})
                WHERE {old} != '' AND typeof({old}) = 'text'"""
        )
        db.conn.executemany(
            f"UPDATE {table} SET {new}_code = ?, {new}_args = '{{}}' WHERE {old} = ?",
            [(code, sentence) for sentence, code in _CODES_OF_SENTENCES.items()],
        )
    db.conn.execute(
        """UPDATE deliveries SET reason_code = 'maybe_posted', reason_args = json_object('reasons',
               json_array(json_object('code', 'legacy', 'arguments',
                   json_object('text', substr(reason, :length + 1)))))
           WHERE substr(reason, 1, :length) = :sentence AND typeof(reason) = 'text'""",
        {"length": len(_MAYBE_POSTED), "sentence": _MAYBE_POSTED},
    )
    rows = db.conn.execute("SELECT id, zone, parked FROM rules").fetchall()
    for rule_id, zone, parked in rows:
        if parked == f"{zone!r} is not a time zone. One is named like Europe/Berlin.":
            db.conn.execute(
                """UPDATE rules SET suspended_code = 'no_zone',
                       suspended_args = json_object('text', zone) WHERE id = ?""",
                [rule_id],
            )
    for table, old, _ in columns:
        db.conn.execute(f"ALTER TABLE {table} DROP COLUMN {old}")


@steps()
def m016_missing_posts(db: Database) -> None:
    """Posts that their network no longer shows, posts whose counts are unknown yet, and accounts
    that say that they are bots."""
    _run(
        db,
        """
        ALTER TABLE posts ADD COLUMN missing_since INTEGER; -- NULL: seen when last asked for
        ALTER TABLE posts ADD COLUMN is_bot INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE posts ADD COLUMN is_counted INTEGER NOT NULL DEFAULT 1;  -- 0: only heard of yet
        CREATE TABLE dropped_posts (        -- so that an older sighting does not bring them back
            network TEXT NOT NULL,
            post_id TEXT NOT NULL,
            dropped_at INTEGER NOT NULL,
            arxiv_ids TEXT NOT NULL,        -- JSON list: the days for which it is asked for again
            PRIMARY KEY (network, post_id)
        ) WITHOUT ROWID;
        """,
    )


@steps()
def m017_ranking_totals(db: Database) -> None:
    """How many papers of a day reach the usual bar is noted, so that no ranking has to count them.
    Ten years in some seconds."""
    _run(
        db,
        """
        ALTER TABLE standings ADD COLUMN previous TEXT;     -- when it reached the usual bar before
        CREATE INDEX standings_previous ON standings (day, previous, subjects)
            WHERE previous IS NOT NULL;
        CREATE TABLE ranking_totals (       -- a summary of standings, written by ranking_totals.py
            pattern TEXT NOT NULL,          -- a category pattern, or '' for every paper
            day TEXT NOT NULL,
            papers INTEGER NOT NULL,        -- standings of that day that reach the usual bar
            best REAL NOT NULL,             -- the best score of the day
            PRIMARY KEY (pattern, day)
        ) WITHOUT ROWID;
        """,
    )
    ranking_totals.rebuild(db)


@steps()
def m018_lookups(db: Database) -> None:
    """Papers that members asked for and that no harvest brought."""
    _run(
        db,
        """
        CREATE TABLE lookups (
            arxiv_id TEXT PRIMARY KEY,
            asked_at INTEGER NOT NULL,
            state TEXT NOT NULL,            -- waiting, found or unknown
            answered_at INTEGER
        );
        CREATE INDEX lookups_by_state ON lookups (state, asked_at);
        """,
    )


@steps()
def m019_packed_texts(db: Database) -> None:
    """Abstracts take a third of their bytes, and what arXiv sent only what differs from what is
    shown. Three minutes for a million papers, of whose rows none changes its columns."""
    papers.pack_stored(db)
    _note_loose(db)


@steps()
def m020_usual_addresses(db: Database) -> None:
    """A post's address, and what its network calls the author, are stored only where they do not
    follow from its id. A minute for ten million posts, of whose rows none changes its columns."""
    posts.pack_stored(db)
    _note_loose(db)


def _note_loose(db: Database) -> None:
    if db.conn.execute("SELECT 1 FROM papers LIMIT 1").fetchone():
        db.conn.execute(f"PRAGMA user_version = {_LOOSE}")


def _run(db: Database, script: str) -> None:
    """Statement by statement: ``executescript`` would commit the migration's transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            db.conn.execute(statement)
            statement = ""
    if statement.strip():
        raise ValueError(f"an unfinished statement in a migration: {statement.strip()[:60]!r}")
