"""/hot, /why, /paper, /search, /help, and the buttons under papers."""
