"""The menu's texts (``bot.messages.menu``) and the commands' names in other languages."""
