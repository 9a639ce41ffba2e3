"""Japanese. Names are without spaces, as Discord asks."""

JAPANESE = {
    # commands
    "hot": "注目",
    "why": "理由",
    "paper": "論文",
    "search": "検索",
    "help": "ヘルプ",
    "digest": "ダイジェスト",
    "add": "追加",
    "edit": "編集",
    "list": "一覧",
    "remove": "削除",
    "preview": "プレビュー",
    "test": "テスト",
    "follow": "フォロー",
    "following": "フォロー中",
    "pause": "一時停止",
    "resume": "再開",
    "stop": "解除",
    "export": "書き出し",
    "privacy": "プライバシー",
    "status": "状態",
    "show": "表示",
    "delete": "消去",
    # options
    "date": "日付",
    "period": "期間",
    "category": "カテゴリ",
    "top": "件数",
    "counts": "集計",
    "query": "検索語",
    "channel": "チャンネル",
    "categories": "カテゴリ",
    "hour": "時刻",
    "zone": "タイムゾーン",
    "days": "曜日",
    "bar": "基準点",
    "layout": "レイアウト",
    "cross_lists": "クロスリスト",
    "keywords": "キーワード",
    "exclusions": "除外語",
    "thread": "スレッド",
    "quiet_lines": "お知らせ行",
    "catch_up": "不在後",
    "author": "著者",
    "keyword": "キーワード",
    "exclude": "除外語",
    "what": "対象",
    # reading
    "The papers that people talk about most": "最も話題になっている論文",
    "A listing day as you would say it: yesterday, last tue, 2021-03-30": (
        "掲載日。英語か数字で：yesterday、last tue、2021-03-30"
    ),
    "This bot's": "このボット",
    "The old blog's, original posts only": "旧ブログ（元の投稿のみ）",
    "The old blog's, with reposts added": "旧ブログ（リポスト加算）",
    "Whose counts, where a week, month or year has days of several": (
        "週・月・年に複数の集計がある場合に、どの集計を使うか"
    ),
    "The day alone, or the week, month or year around it": "その日だけ、またはその週・月・年",
    "One or several, such as cs.CL, cs.IR or cond-mat.*": (
        "一つまたは複数。例：cs.CL, cs.IR, cond-mat.*"
    ),
    "At most so many papers": "表示する論文の最大数",
    "How a paper's score comes about": "論文のスコアの内訳",
    "An arXiv id, or any link to the paper": "arXiv番号、または論文へのリンク",
    "One paper at a glance": "論文の概要",
    "Papers in this message": "このメッセージの論文",
    "Papers in the archive, by words, authors, categories and days": (
        "アーカイブの論文を、語・著者・カテゴリ・日付で探す"
    ),
    'Such as: "state space" author:chen cat:cs.CL after:2021-03-01 -survey': (
        '例："state space" author:chen cat:cs.CL after:2021-03-01 -survey'
    ),
    "What you can ask, and what admins can set up": "できることと、管理者が設定できること",
    # digests
    "Digests in channels": "チャンネルへのダイジェスト",
    "Post a digest of hot papers into a channel": "話題の論文のダイジェストをチャンネルに投稿する",
    "Where it is posted": "投稿先",
    "One or several, such as cs.CL, cs.IR or cond-mat.*; * for all": (
        "一つまたは複数。例：cs.CL, cs.IR, cond-mat.*。* ですべて"
    ),
    "When, on the clock of its time zone: 09:00": "そのタイムゾーンでの時刻：09:00",
    "The time zone, such as Europe/Berlin": "タイムゾーン。例：Asia/Tokyo",
    "On which days": "投稿する日",
    "Only papers with at least this score": "このスコア以上の論文だけ",
    "How much of each paper is shown": "論文ごとの表示量",
    "Also papers that are only cross-listed to these categories": (
        "これらのカテゴリにクロスリストされただけの論文も含める"
    ),
    'Only papers that say one of these: agents, "state space", author:chen; - for any': (
        'いずれかを含む論文だけ：agents, "state space", author:chen。- で指定なし'
    ),
    "Never papers that say one of these; - for none": "いずれかを含む論文を除く。- で指定なし",
    "A new thread for each digest": "ダイジェストごとに新しいスレッドを作る",
    "One line on days without papers": "論文がない日にも一行で知らせる",
    "What is posted after I was away": "ボットの不在後に投稿するもの",
    "Change a digest; what you leave out stays as it is": (
        "ダイジェストを変更する。省いた項目はそのまま"
    ),
    "Which one, if there are several": "複数あるときはその番号",
    "This server's digests, with their buttons": "このサーバーのダイジェスト一覧",
    "Delete a digest; it can be taken back": "ダイジェストを削除する（元に戻せます）",
    "What a digest looks like, to you only": "ダイジェストの見本を自分だけに表示する",
    "Would a digest arrive, and what would it look like": (
        "ダイジェストが届くか、どう見えるかを試す"
    ),
    "Why a paper was not posted, or when it was": (
        "論文が投稿されなかった理由、または投稿された日時"
    ),
    "The digests of this channel only": "このチャンネルのダイジェストだけ",
    # following
    "Get papers that you care about as a direct message, once a day at most": (
        "気になる論文をダイレクトメッセージで受け取る（多くて一日一回）"
    ),
    "An author's name": "著者の名前",
    'Words that must all occur; side by side in quotes: "speculative decoding"': (
        'すべて含むべき語。続けて現れる語は引用符で："speculative decoding"'
    ),
    "Anything that /search takes: title:attention -survey": (
        "/検索 と同じ書き方：title:attention -survey"
    ),
    "Never papers that say one of these": "いずれかを含む論文を除く",
    "When the message comes, on the clock of your time zone: 09:00": (
        "メッセージが届く時刻（あなたのタイムゾーン）：09:00"
    ),
    "Your time zone, such as Europe/Berlin": "あなたのタイムゾーン。例：Asia/Tokyo",
    "What you follow": "フォローしているもの",
    "What you follow, and when your messages come": "フォローしているものと、届く時刻",
    "Get no messages until you resume": "再開するまでメッセージを止める",
    "Get messages again, also after yours were closed to me": (
        "メッセージを再開する（受信拒否で止まったときも）"
    ),
    "Choose when your messages come": "メッセージが届く時刻を選ぶ",
    "On the clock of your time zone: 09:00": "あなたのタイムゾーンでの時刻：09:00",
    "Such as Europe/Berlin": "例：Asia/Tokyo",
    "Stop following something; it can be taken back": "フォローをやめる（元に戻せます）",
    "One of the things you follow": "フォローしているものの一つ",
    "What you follow, as a file": "フォローしているものをファイルで受け取る",
    # privacy
    "How the bot, its sources and digests do": "ボット、情報源、ダイジェストの状態",
    "What I store about you": "あなたについて保存しているもの",
    "Everything that is stored about you": "あなたについて保存されているものすべて",
    "Everything that is stored about you, as a file by message": (
        "あなたについて保存されているものすべてをファイルで送る"
    ),
    "Erase everything that is stored about you, at once": (
        "あなたについて保存されているものをすべて今すぐ消去する"
    ),
    # choices
    "Day": "日",
    "Week": "週",
    "Month": "月",
    "Year": "年",
    "All time": "全期間",
    "Every mailing": "掲載のある日すべて",
    "Monday to Friday": "月曜から金曜",
    "Weekly, on Mondays": "毎週月曜",
    "Monthly, on the 1st": "毎月1日",
    "Compact: about five papers a message": "コンパクト：一通に約五本",
    "Full: a box for each paper, with more posts": "フル：論文ごとに枠を設け、投稿も多く表示",
    "One digest for all missed days": "不在だった日をまとめて一つ",
    "A digest for each missed day": "不在だった日ごとに一つ",
    "Nothing for missed days": "不在だった日の分は投稿しない",
}
