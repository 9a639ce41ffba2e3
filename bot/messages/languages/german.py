"""German. Names are lower case and without spaces, as Discord asks."""

GERMAN = {
    # commands
    "hot": "hot",
    "why": "warum",
    "paper": "paper",
    "search": "suche",
    "help": "hilfe",
    "digest": "digest",
    "add": "neu",
    "edit": "ändern",
    "list": "liste",
    "remove": "entfernen",
    "preview": "vorschau",
    "test": "test",
    "follow": "folgen",
    "following": "gefolgt",
    "pause": "pause",
    "resume": "weiter",
    "stop": "beenden",
    "export": "export",
    "privacy": "datenschutz",
    "status": "status",
    "show": "zeigen",
    "delete": "löschen",
    # options
    "date": "datum",
    "period": "zeitraum",
    "category": "kategorie",
    "top": "anzahl",
    "counts": "zählung",
    "query": "anfrage",
    "channel": "kanal",
    "categories": "kategorien",
    "hour": "uhrzeit",
    "zone": "zeitzone",
    "days": "tage",
    "bar": "schwelle",
    "layout": "darstellung",
    "cross_lists": "querlisten",
    "keywords": "stichwörter",
    "exclusions": "ausschlüsse",
    "thread": "thread",
    "quiet_lines": "stille_zeilen",
    "catch_up": "nachholen",
    "author": "autor",
    "keyword": "stichwort",
    "exclude": "ohne",
    "what": "was",
    # reading
    "The papers that people talk about most": "Die Paper, über die am meisten gesprochen wird",
    "A listing day as you would say it: yesterday, last tue, 2021-03-30": (
        "Ein Listing-Tag, auf Englisch oder als Zahl: yesterday, last tue, 30.3.2021"
    ),
    "This bot's": "Die dieses Bots",
    "The old blog's, original posts only": "Die des alten Blogs, nur Originalbeiträge",
    "The old blog's, with reposts added": "Die des alten Blogs, mit Reposts",
    "Whose counts, where a week, month or year has days of several": (
        "Wessen Zählung, wo eine Woche, ein Monat oder Jahr mehrere hat"
    ),
    "The day alone, or the week, month or year around it": (
        "Nur der Tag, oder die Woche, der Monat, das Jahr darum"
    ),
    "One or several, such as cs.CL, cs.IR or cond-mat.*": (
        "Eine oder mehrere, etwa cs.CL, cs.IR oder cond-mat.*"
    ),
    "At most so many papers": "Höchstens so viele Paper",
    "How a paper's score comes about": "Wie die Punkte eines Papers zustande kommen",
    "An arXiv id, or any link to the paper": "Eine arXiv-Nummer oder ein Link zum Paper",
    "One paper at a glance": "Ein Paper auf einen Blick",
    "Papers in this message": "Papers in dieser Nachricht",
    "Papers in the archive, by words, authors, categories and days": (
        "Paper im Archiv, nach Wörtern, Autoren, Kategorien und Tagen"
    ),
    'Such as: "state space" author:chen cat:cs.CL after:2021-03-01 -survey': (
        'Etwa: "state space" author:chen cat:cs.CL after:2021-03-01 -survey'
    ),
    "What you can ask, and what admins can set up": (
        "Was man fragen kann und was Admins einrichten können"
    ),
    # digests
    "Digests in channels": "Digests in Kanälen",
    "Post a digest of hot papers into a channel": (
        "Einen Digest der meistbesprochenen Paper in einen Kanal schicken"
    ),
    "Where it is posted": "Wohin er kommt",
    "One or several, such as cs.CL, cs.IR or cond-mat.*; * for all": (
        "Eine oder mehrere, etwa cs.CL, cs.IR oder cond-mat.*; * für alle"
    ),
    "When, on the clock of its time zone: 09:00": "Wann, auf der Uhr der Zeitzone: 09:00",
    "The time zone, such as Europe/Berlin": "Die Zeitzone, etwa Europe/Berlin",
    "On which days": "An welchen Tagen",
    "Only papers with at least this score": "Nur Paper mit mindestens so vielen Punkten",
    "How much of each paper is shown": "Wie viel von jedem Paper zu sehen ist",
    "Also papers that are only cross-listed to these categories": (
        "Auch Paper, die in diesen Kategorien nur quergelistet sind"
    ),
    'Only papers that say one of these: agents, "state space", author:chen; - for any': (
        'Nur Paper mit einem davon: agents, "state space", author:chen; - für alle'
    ),
    "Never papers that say one of these; - for none": "Nie Paper mit einem davon; - für keine",
    "A new thread for each digest": "Ein neuer Thread für jeden Digest",
    "One line on days without papers": "Eine Zeile an Tagen ohne Paper",
    "What is posted after I was away": "Was kommt, wenn ich weg war",
    "Change a digest; what you leave out stays as it is": (
        "Einen Digest ändern; was du weglässt, bleibt"
    ),
    "Which one, if there are several": "Welcher, wenn es mehrere gibt",
    "This server's digests, with their buttons": "Die Digests dieses Servers mit ihren Knöpfen",
    "Delete a digest; it can be taken back": "Einen Digest löschen; es lässt sich zurücknehmen",
    "What a digest looks like, to you only": "Wie ein Digest aussieht, nur für dich",
    "Would a digest arrive, and what would it look like": (
        "Ob ein Digest ankäme und wie er aussähe"
    ),
    "Why a paper was not posted, or when it was": ("Warum ein Paper nicht kam, oder wann es kam"),
    "The digests of this channel only": "Nur die Digests dieses Kanals",
    # following
    "Get papers that you care about as a direct message, once a day at most": (
        "Paper, die dich angehen, als Direktnachricht, höchstens einmal am Tag"
    ),
    "An author's name": "Der Name eines Autors oder einer Autorin",
    'Words that must all occur; side by side in quotes: "speculative decoding"': (
        'Wörter, die alle vorkommen; nebeneinander in Anführungszeichen: "speculative decoding"'
    ),
    "Anything that /search takes: title:attention -survey": (
        "Alles, was /suche versteht: title:attention -survey"
    ),
    "Never papers that say one of these": "Nie Paper mit einem davon",
    "When the message comes, on the clock of your time zone: 09:00": (
        "Wann die Nachricht kommt, auf der Uhr deiner Zeitzone: 09:00"
    ),
    "Your time zone, such as Europe/Berlin": "Deine Zeitzone, etwa Europe/Berlin",
    "What you follow": "Wem und was du folgst",
    "What you follow, and when your messages come": (
        "Was du verfolgst und wann deine Nachrichten kommen"
    ),
    "Get no messages until you resume": "Keine Nachrichten, bis du weitermachst",
    "Get messages again, also after yours were closed to me": (
        "Wieder Nachrichten, auch nachdem deine für mich geschlossen waren"
    ),
    "Choose when your messages come": "Wählen, wann deine Nachrichten kommen",
    "On the clock of your time zone: 09:00": "Auf der Uhr deiner Zeitzone: 09:00",
    "Such as Europe/Berlin": "Etwa Europe/Berlin",
    "Stop following something; it can be taken back": (
        "Etwas nicht mehr verfolgen; es lässt sich zurücknehmen"
    ),
    "One of the things you follow": "Etwas, was du verfolgst",
    "What you follow, as a file": "Was du verfolgst, als Datei",
    # privacy
    "How the bot, its sources and digests do": ("Wie es dem Bot, seinen Quellen und Digests geht"),
    "What I store about you": "Was ich über dich speichere",
    "Everything that is stored about you": "Alles, was über dich gespeichert ist",
    "Everything that is stored about you, as a file by message": (
        "Alles, was über dich gespeichert ist, als Datei per Nachricht"
    ),
    "Erase everything that is stored about you, at once": (
        "Alles löschen, was über dich gespeichert ist, und zwar sofort"
    ),
    # choices
    "Day": "Tag",
    "Week": "Woche",
    "Month": "Monat",
    "Year": "Jahr",
    "All time": "Gesamte Zeit",
    "Every mailing": "Jeden Listing-Tag",
    "Monday to Friday": "Montag bis Freitag",
    "Weekly, on Mondays": "Wöchentlich, montags",
    "Monthly, on the 1st": "Monatlich, am 1.",
    "Compact: about five papers a message": "Kompakt: etwa fünf Paper pro Nachricht",
    "Full: a box for each paper, with more posts": "Voll: ein Kasten pro Paper, mit mehr Posts",
    "One digest for all missed days": "Ein Digest für alle versäumten Tage",
    "A digest for each missed day": "Ein Digest für jeden versäumten Tag",
    "Nothing for missed days": "Nichts für versäumte Tage",
}
