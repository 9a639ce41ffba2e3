PRAGMA foreign_keys = OFF;
BEGIN;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO '_sqlite_migrations' VALUES (1, 'hotpapers', 'm001_papers_and_days', '2026-11-22 23:05:02.943378+00:00');
INSERT INTO '_sqlite_migrations' VALUES (2, 'hotpapers', 'm002_posts_and_standings', '2026-11-22 23:05:02.952695+00:00');
INSERT INTO '_sqlite_migrations' VALUES (3, 'hotpapers', 'm003_rules_and_ledger', '2026-11-22 23:05:02.953838+00:00');
INSERT INTO '_sqlite_migrations' VALUES (4, 'hotpapers', 'm004_blog', '2026-11-22 23:05:02.954357+00:00');
INSERT INTO '_sqlite_migrations' VALUES (5, 'hotpapers', 'm005_follows', '2026-11-22 23:05:02.954852+00:00');
INSERT INTO '_sqlite_migrations' VALUES (6, 'hotpapers', 'm006_notes_of_answers', '2026-11-22 23:05:02.955503+00:00');
INSERT INTO '_sqlite_migrations' VALUES (7, 'hotpapers', 'm007_troubles', '2026-11-22 23:05:02.964341+00:00');
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
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
INSERT INTO 'papers' VALUES (1, '2103.00001', 1, '2021-03-30', 245, 'Erdős Graphs', '["Ada Example","Björn Muster"]', '["cs.CL","stat.ML"]', 'We invent a thing and measure it.', NULL, NULL, NULL, NULL, NULL, '', '', '', 1617170400);
INSERT INTO 'papers' VALUES (2, '2103.00002', 1, '2021-03-30', 140, 'A Quiet Study', '["Ada Example","Björn Muster"]', '["cs.CV"]', 'We invent a thing and measure it.', NULL, NULL, NULL, NULL, NULL, '', '', '', 1617170400);
INSERT INTO 'papers' VALUES (3, '2103.00003', 1, '2021-03-30', 0, 'An Invented Study of 2103.00003', '["Ada Example","Björn Muster"]', '["cs.CV"]', 'We invent a thing and measure it.', NULL, NULL, NULL, NULL, NULL, '', '', '', 1617170400);
INSERT INTO 'papers' VALUES (4, '2009.07118', 0, '2020-09-17', 120, 'An Invented Study', '["Ada Muster","Bo Beispiel, Jr.","Çem Örnek"]', '["cs.CL"]', 'We invent a thing and measure x² & more.', NULL, NULL, NULL, NULL, NULL, 'An Invented Study', 'Ada Muster, Bo Beispiel, Jr., Çem Örnek', 'We invent  a thing and measure $x^2$ & more.', 1617170400);
INSERT INTO 'papers' VALUES (5, 'hep-th/9901001', 0, '2020-09-17', 40, 'An Old One', '["Ada Muster","Bo Beispiel, Jr.","Çem Örnek"]', '["cs.CL"]', 'We invent a thing and measure x² & more.', NULL, NULL, NULL, NULL, NULL, 'An Old One', 'Ada Muster, Bo Beispiel, Jr., Çem Örnek', 'We invent  a thing and measure $x^2$ & more.', 1617170400);
CREATE TABLE listings (
            day TEXT NOT NULL,
            arxiv_id TEXT NOT NULL REFERENCES papers (arxiv_id),
            announcement TEXT NOT NULL,
            learnt_from TEXT NOT NULL,
            subjects TEXT NOT NULL,         -- the paper's category patterns, between spaces
            previous TEXT,                  -- when it was news before, on the day of a news listing
            PRIMARY KEY (day, arxiv_id)
        ) WITHOUT ROWID;
INSERT INTO 'listings' VALUES ('2020-09-17', '2009.07118', 'new', 'blog', ' cs.CL * cs.* grp_cs ', NULL);
INSERT INTO 'listings' VALUES ('2020-09-17', 'hep-th/9901001', 'new', 'blog', ' cs.CL * cs.* grp_cs ', NULL);
INSERT INTO 'listings' VALUES ('2021-03-30', '2103.00001', 'new', 'feed', ' cs.CL * cs.* grp_cs stat.ML stat.* grp_stat ', NULL);
INSERT INTO 'listings' VALUES ('2021-03-30', '2103.00002', 'new', 'feed', ' cs.CV * cs.* grp_cs ', NULL);
INSERT INTO 'listings' VALUES ('2021-03-30', '2103.00003', 'new', 'feed', ' cs.CV * cs.* grp_cs ', NULL);
INSERT INTO 'listings' VALUES ('2021-03-31', '2103.00001', 'new', 'feed', ' cs.CL * cs.* grp_cs stat.ML stat.* grp_stat ', '2021-03-30');
CREATE INDEX listings_by_paper ON listings (arxiv_id, day);
CREATE INDEX listings_again ON listings (day, previous, subjects)
            WHERE previous IS NOT NULL;
CREATE TABLE totals (               -- a summary of listings, written by totals.py
            pattern TEXT NOT NULL,          -- a category pattern, or '' for every paper
            day TEXT NOT NULL,
            listed INTEGER NOT NULL,        -- news of that day
            PRIMARY KEY (pattern, day)
        ) WITHOUT ROWID;
INSERT INTO 'totals' VALUES ('', '2020-09-17', 2);
INSERT INTO 'totals' VALUES ('', '2021-03-30', 3);
INSERT INTO 'totals' VALUES ('', '2021-03-31', 1);
INSERT INTO 'totals' VALUES ('*', '2020-09-17', 2);
INSERT INTO 'totals' VALUES ('*', '2021-03-30', 3);
INSERT INTO 'totals' VALUES ('*', '2021-03-31', 1);
INSERT INTO 'totals' VALUES ('cs.*', '2020-09-17', 2);
INSERT INTO 'totals' VALUES ('cs.*', '2021-03-30', 3);
INSERT INTO 'totals' VALUES ('cs.*', '2021-03-31', 1);
INSERT INTO 'totals' VALUES ('cs.CL', '2020-09-17', 2);
INSERT INTO 'totals' VALUES ('cs.CL', '2021-03-30', 1);
INSERT INTO 'totals' VALUES ('cs.CL', '2021-03-31', 1);
INSERT INTO 'totals' VALUES ('cs.CV', '2021-03-30', 2);
INSERT INTO 'totals' VALUES ('grp_cs', '2020-09-17', 2);
INSERT INTO 'totals' VALUES ('grp_cs', '2021-03-30', 3);
INSERT INTO 'totals' VALUES ('grp_cs', '2021-03-31', 1);
INSERT INTO 'totals' VALUES ('grp_stat', '2021-03-30', 1);
INSERT INTO 'totals' VALUES ('grp_stat', '2021-03-31', 1);
INSERT INTO 'totals' VALUES ('stat.*', '2021-03-30', 1);
INSERT INTO 'totals' VALUES ('stat.*', '2021-03-31', 1);
INSERT INTO 'totals' VALUES ('stat.ML', '2021-03-30', 1);
INSERT INTO 'totals' VALUES ('stat.ML', '2021-03-31', 1);
CREATE TABLE days (
            day TEXT PRIMARY KEY,
            state TEXT NOT NULL,
            era TEXT NOT NULL,
            harvested_at INTEGER,           -- when the harvest was whole
            counted_at INTEGER,
            closed_at INTEGER,
            late INTEGER NOT NULL DEFAULT 0
        ) WITHOUT ROWID;
INSERT INTO 'days' VALUES ('2020-09-17', 'closed', 'blog-reposts-added', NULL, 1600421405, 1600421405, 0);
INSERT INTO 'days' VALUES ('2021-03-30', 'closed', 'hotpapers', NULL, NULL, 1617170400, 0);
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
PRAGMA writable_schema = ON;
INSERT INTO sqlite_master VALUES ('table', 'papers_fts', 'papers_fts', 0, 'CREATE VIRTUAL TABLE papers_fts USING fts5 ( -- written by bot/store/fulltext.py
            title, abstract, authors, subjects,
            content='''', tokenize=''ascii''
        )');
CREATE TABLE 'papers_fts_data'(id INTEGER PRIMARY KEY, block BLOB);
INSERT INTO 'papers_fts_data' VALUES (1, X'0511252132');
INSERT INTO 'papers_fts_data' VALUES (10, X'000000000104040004010101020101030101040101');
INSERT INTO 'papers_fts_data' VALUES (137438953473, X'0000026806303030303033030207010432313033030206010161010601010401080201010401060101040202646101060102020106010202010601020202016E0302020301640106010106010601010601060101060105626A6F726E01060102050106010205010601020501056572646F73010202020678616D706C6501060102030106010203010601020301066772617068730102030106696E76656E740106010103010601010301060101030702656403020302017401060101080106010108010601010801076D6561737572650106010107010601010701060101070205757374657201060102060106010206010601020601026F66030205010571756965740202030105737475647902020401020401057468696E67010601010501060101050106010105010277650106010102010601010201060101020106EE8080616E7901060103030106010303010601030304056373616E790106010304010601030401060103040602636C010601030207017602060103020106010302040567727063730106010305010601030501060103050704737461740106010308040773746174616E79010601030708026D6C010601030603058132303231010601030A01060103070106010307080230330106010309010601030601060103060301820106010204010601020401060102040306833030303033030601030D040432313033030601030C040161020601030805016E030601030804056572646F73010601030B0406677261706873010601030C0408696E76656E746564030601030904026F66030601030B04057175696574020601030904057374756479020601030A010601030A040A0913130612160A170B1707121816070A0D16131716090D160B0E091613120D0B08080C0D0F090C');
INSERT INTO 'papers_fts_data' VALUES (274877906945, X'000002F90230610101010191C08080800008020101048D8FFFFFFF7F06010104020264610101010191C080808000060102028D8FFFFFFF7F0601020202026E640101010191C080808000060101068D8FFFFFFF7F060101060105626A6F726E0101010191C080808000060102058D8FFFFFFF7F0601020501056572646F7301019ED0808080000202020678616D706C650101010191C080808000060102038D8FFFFFFF7F06010203010667726170687301019ED08080800002030106696E76656E740101010191C080808000060101038D8FFFFFFF7F060101030201740101010191C080808000060101088D8FFFFFFF7F0601010801076D6561737572650101010191C080808000060101078D8FFFFFFF7F06010107020575737465720101010191C080808000060102068D8FFFFFFF7F0601020601057175696574020191C080808000020301057374756479020191C080808000020401057468696E670101010191C080808000060101058D8FFFFFFF7F06010105010277650101010191C080808000060101028D8FFFFFFF7F060101020106EE8080616E790101010191C080808000060103038D8FFFFFFF7F0601030304056373616E790101010191C080808000060103048D8FFFFFFF7F060103040602636C01019ED08080800006010302070176020191C08080800006010302040567727063730101010191C080808000060103058D8FFFFFFF7F0601030507047374617401019ED08080800006010308040773746174616E7901019ED0808080000601030708026D6C01019ED08080800006010306030581323032310101010191C080808000060103078D8FFFFFFF7F0601030A080230330101010191C080808000060103068D8FFFFFFF7F060103090301820101010191C080808000060102048D8FFFFFFF7F0601020403028361020191C0808080000601030804056572646F7301019ED0808080000601030B040667726170687301019ED0808080000601030C04057175696574020191C0808080000601030904057374756479020191C0808080000601030A041C1C1C1F112012201B211F11111F1C201F100F1F1215101F1C1B10131413');
INSERT INTO 'papers_fts_data' VALUES (412316860417, X'000001C202306104060101040106010104020264610406010202010601020202016E040202010202030164040601010601060101060108626569737069656C0406010206010601020602016F04060102050106010205010363656D040601020901060102090106696E76656E74040601010301060101030702656404020301026A720406010207010601020701076D6561737572650406010107010601010702036F726504060101090106010109020575737465720406010203010601020301036F6C6405020302026E650502040204726E656B040601020A010601020A0105737475647904020401057468696E6704060101050106010105010277650406010102010601010201027832040601010801060101080106EE8080616E790406010303010601030304056373616E79040601030401060103040602636C04060103020106010302040567727063730406010305010601030503058132303230040601030701060103070802303904060103060106010306030182040801020406010801020406030383616E040601030801060103080408696E76656E746564040601030904036F6C64050601030905026E65050601030A04057374756479040601030A040D0E090D140D0F12070E130F110807100A110E0E12110E11110E0F0F0F0A09');
INSERT INTO 'papers_fts_data' VALUES (549755813889, X'0000034A023061040101018580808080000601010489FFFFFFFF7F0601010402026461040101018580808080000601020289FFFFFFFF7F0601020202016E04010101858080808000020289FFFFFFFF7F0202030164040101018580808080000601010689FFFFFFFF7F060101060108626569737069656C040101018580808080000601020689FFFFFFFF7F0601020602016F040101018580808080000601020589FFFFFFFF7F06010205010363656D040101018580808080000601020989FFFFFFFF7F060102090106696E76656E74040101018580808080000601010389FFFFFFFF7F060101030702656404018F8080808000020301026A72040101018580808080000601020789FFFFFFFF7F0601020701076D656173757265040101018580808080000601010789FFFFFFFF7F0601010702036F7265040101018580808080000601010989FFFFFFFF7F0601010902057573746572040101018580808080000601020389FFFFFFFF7F0601020301036F6C640501858080808000020302026E65050185808080800002040204726E656B040101018580808080000601020A89FFFFFFFF7F0601020A0105737475647904018F8080808000020401057468696E67040101018580808080000601010589FFFFFFFF7F0601010501027765040101018580808080000601010289FFFFFFFF7F0601010201027832040101018580808080000601010889FFFFFFFF7F060101080106EE8080616E79040101018580808080000601030389FFFFFFFF7F0601030304056373616E79040101018580808080000601030489FFFFFFFF7F060103040602636C040101018580808080000601030289FFFFFFFF7F0601030204056772706373040101018580808080000601030589FFFFFFFF7F0601030503058132303230040101018580808080000601030789FFFFFFFF7F0601030708023039040101018580808080000601030689FFFFFFFF7F0601030603018204010101858080808000080102040689FFFFFFFF7F0801020406030383616E040101018580808080000601030889FFFFFFFF7F060103080408696E76656E74656404018F80808080000601030904036F6C6405018580808080000601030905026E6505018580808080000601030A0405737475647904018F80808080000601030A041B1C171B221B1D200E1C211D1F0F0E1E111F1C1C201F1C1F1F1C1D1D161110');
CREATE TABLE 'papers_fts_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
INSERT INTO 'papers_fts_idx' VALUES (1, X'', 2);
INSERT INTO 'papers_fts_idx' VALUES (2, X'', 2);
INSERT INTO 'papers_fts_idx' VALUES (3, X'', 2);
INSERT INTO 'papers_fts_idx' VALUES (4, X'', 2);
CREATE TABLE 'papers_fts_docsize'(id INTEGER PRIMARY KEY, sz BLOB);
INSERT INTO 'papers_fts_docsize' VALUES (3, X'0607050C');
INSERT INTO 'papers_fts_docsize' VALUES (171798691845, X'03080909');
INSERT INTO 'papers_fts_docsize' VALUES (515396075524, X'03080909');
INSERT INTO 'papers_fts_docsize' VALUES (601295421442, X'03070509');
INSERT INTO 'papers_fts_docsize' VALUES (1052266987521, X'0207050B');
CREATE TABLE 'papers_fts_config'(k PRIMARY KEY, v) WITHOUT ROWID;
INSERT INTO 'papers_fts_config' VALUES ('version', 4);
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
INSERT INTO 'posts' VALUES (1, 'x', '1', 'https://x.com/someone/status/1', 'someone', '900', '', 1617094800, 'Read this', 10, 95, 0, 1617256800);
INSERT INTO 'posts' VALUES (2, 'bluesky', '2', 'https://x.com/someone/status/2', 'bo', '900', '', 1617094800, NULL, 10, 60, 0, 1617170400);
CREATE INDEX posts_with_text ON posts (posted_at) WHERE text IS NOT NULL;
CREATE TABLE post_papers (
            arxiv_id TEXT NOT NULL,         -- may name a paper that is not in the archive
            interest INTEGER NOT NULL,      -- the post's reposts + likes: a paper's best come first
            post INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
            PRIMARY KEY (arxiv_id, interest DESC, post)
        ) WITHOUT ROWID;
INSERT INTO 'post_papers' VALUES ('2103.00001', 105, 1);
INSERT INTO 'post_papers' VALUES ('2103.00001', 70, 2);
INSERT INTO 'post_papers' VALUES ('2103.00002', 70, 2);
CREATE UNIQUE INDEX post_papers_by_post ON post_papers (post, arxiv_id);
CREATE TABLE counts (               -- append-only; a row where a number changed
            post INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
            taken_at INTEGER NOT NULL,
            reposts INTEGER NOT NULL, likes INTEGER NOT NULL, replies INTEGER NOT NULL,
            PRIMARY KEY (post, taken_at)
        ) WITHOUT ROWID;
INSERT INTO 'counts' VALUES (1, 1617170400, 10, 90, 0);
INSERT INTO 'counts' VALUES (1, 1617256800, 10, 95, 0);
INSERT INTO 'counts' VALUES (2, 1617170400, 10, 60, 0);
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
INSERT INTO 'standings' VALUES ('2021-03-30', '2103.00001', 245.0, 155, 2, '[{"network":"x","reposts":10,"likes":95,"rate":1.0,"points":105.0,"posts":1,"people":1},{"network":"bluesky","reposts":10,"likes":60,"rate":2.0,"points":140.0,"posts":1,"people":1}]', 2021030000001, 0, ' cs.CL * cs.* grp_cs stat.ML stat.* grp_stat ');
INSERT INTO 'standings' VALUES ('2021-03-30', '2103.00002', 140.0, 60, 1, '[{"network":"bluesky","reposts":10,"likes":60,"rate":2.0,"points":140.0,"posts":1,"people":1}]', 2021030000002, 0, ' cs.CV * cs.* grp_cs ');
CREATE INDEX standings_by_score ON standings
            (day, score DESC, likes, people, age, again, subjects);
CREATE INDEX standings_by_paper ON standings (arxiv_id, day, score);
CREATE TABLE reads (                -- posts read from a service that bills by the post
            source TEXT NOT NULL,
            utc_day TEXT NOT NULL,
            post_id TEXT NOT NULL,
            PRIMARY KEY (source, utc_day, post_id)
        ) WITHOUT ROWID;
INSERT INTO 'reads' VALUES ('x', '2021-03-31', '1');
INSERT INTO 'reads' VALUES ('x', '2021-03-31', '2');
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
INSERT INTO 'rules' VALUES (1, 1, 2, '["cs.CL","cond-mat.*"]', '09:00', 'Europe/Berlin', 'mailing', 10, NULL, 'compact', 1, '[]', '[]', 0, 1, 'merge', 0, 1617170400, 0, '', 0);
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
            sealed_at INTEGER, trouble TEXT NOT NULL DEFAULT '',
            UNIQUE (target_kind, target_id, rule_id, slot_at, part)
        );
INSERT INTO 'deliveries' VALUES (1, 'channel', 2, 1, 1617170400, 0, 'sent', 'hpcc85265afad701f9e023a9', '2021-03-30', 500, '', 1, '98cd6d75ec64e9bc4b124cf82df4c3d6', 1617170400, 1617170400, 1617170400, '');
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
INSERT INTO 'posted_days' VALUES (1, '2021-03-30', 1617170400);
CREATE TABLE contents (             -- bodies of messages as posted, shared by channels
            hash TEXT PRIMARY KEY,
            body TEXT NOT NULL              -- JSON list of components
        ) WITHOUT ROWID;
INSERT INTO 'contents' VALUES ('98cd6d75ec64e9bc4b124cf82df4c3d6', '[{"type":10,"content":"An invented digest"}]');
CREATE TABLE meta (
            key TEXT PRIMARY KEY,
            value TEXT NOT NULL,
            at INTEGER NOT NULL
        ) WITHOUT ROWID;
INSERT INTO 'meta' VALUES ('key', 'value', 1617170400);
CREATE TABLE http_validators (
            url TEXT PRIMARY KEY,
            etag TEXT NOT NULL,
            last_modified TEXT NOT NULL
        , note TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
CREATE TABLE blog_days (            -- imported posts of the old blog, as they were
            day TEXT PRIMARY KEY,
            era TEXT NOT NULL,
            dated INTEGER NOT NULL,
            front TEXT NOT NULL,            -- front matter, from --- to ---
            hash TEXT NOT NULL,             -- of the whole post, to know it when it comes again
            imported_at INTEGER NOT NULL
        ) WITHOUT ROWID;
INSERT INTO 'blog_days' VALUES ('2020-09-17', 'blog-reposts-added', 1600421405, '---
title: Hot Papers 2020-09-17
date: 2020-09-18T09:30:05.Z
template: "post"
slug: "hot-papers-2020-09-17"
tags:
  - "arXiv"

---
', 'c787b78299fade54f693260a04e317f7a0b4186f4c633d24ef3bf6e7b9972845', 1617170400);
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
INSERT INTO 'blog_papers' VALUES ('2020-09-17', 1, '2009.07118', '["cs.CL"]', '[{"network":"x","reposts":300,"likes":120}]', 120, '{"rank":1,"arxiv_id":"2009.07118","title":"An Invented Study","authors":"Ada Muster, Bo Beispiel, Jr., Çem Örnek","counts":[{"network":"x","reposts":300,"likes":120}],"counted_at":"2020-09-17T09:30:05Z","links":["https://arxiv.org/abs/2009.07118","https://arxiv.org/pdf/2009.07118"],"categories":["cs.CL"],"abstract":"We invent  a thing and measure $x^2$ & more.","embeds":[{"network":"x","post_id":"1376707154522955701","url":"https://twitter.com/ada_muster/status/1376707154522955701","author":"Ada","handle":"ada_muster","written":"March 30, 2021","html":"<blockquote class=\"twitter-tweet\"><p lang=\"en\" dir=\"ltr\">An invented text</p>&mdash; Ada (@ada_muster) <a href=\"https://twitter.com/ada_muster/status/1376707154522955701?ref_src=twsrc%5Etfw\">March 30, 2021</a></blockquote>\n<script async src=\"https://platform.twitter.com/widgets.js\" charset=\"utf-8\"></script>","lang":"en"}]}');
INSERT INTO 'blog_papers' VALUES ('2020-09-17', 2, 'hep-th/9901001', '["cs.CL"]', '[{"network":"x","reposts":30,"likes":40}]', 40, '{"rank":2,"arxiv_id":"hep-th/9901001","title":"An Old One","authors":"Ada Muster, Bo Beispiel, Jr., Çem Örnek","counts":[{"network":"x","reposts":30,"likes":40}],"counted_at":"2020-09-17T09:30:05Z","links":["https://arxiv.org/abs/hep-th/9901001","https://arxiv.org/pdf/hep-th/9901001"],"categories":["cs.CL"],"abstract":"We invent  a thing and measure $x^2$ & more.","embeds":[{"network":"x","post_id":"1376707154522955702","url":"https://twitter.com/ada_muster/status/1376707154522955702","author":"Ada","handle":"ada_muster","written":"March 30, 2021","html":"<blockquote class=\"twitter-tweet\"><p lang=\"en\" dir=\"ltr\">An invented text</p>&mdash; Ada (@ada_muster) <a href=\"https://twitter.com/ada_muster/status/1376707154522955702?ref_src=twsrc%5Etfw\">March 30, 2021</a></blockquote>\n<script async src=\"https://platform.twitter.com/widgets.js\" charset=\"utf-8\"></script>","lang":"en"}]}');
CREATE INDEX blog_papers_by_paper ON blog_papers (arxiv_id, day);
CREATE TABLE follows (
            id INTEGER PRIMARY KEY,
            member_id INTEGER NOT NULL,
            query TEXT NOT NULL,            -- a search, as it was typed
            created_at INTEGER NOT NULL,
            paused INTEGER NOT NULL DEFAULT 0,
            stopped INTEGER NOT NULL DEFAULT 0
        );
INSERT INTO 'follows' VALUES (1, 77, 'author:muster', 1617170400, 0, 0);
CREATE INDEX follows_by_member ON follows (member_id);
CREATE INDEX rules_by_maker ON rules (guild_id, created_by);
PRAGMA writable_schema = OFF;
COMMIT;
