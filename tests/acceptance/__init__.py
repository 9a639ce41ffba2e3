"""What others wrote, asked for real: arXiv's servers, mastodon_mock, Discord's builders."""
