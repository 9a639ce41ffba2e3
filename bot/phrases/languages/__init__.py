"""The menu's texts (``bot.phrases.menu``) and the commands' names in other languages."""
