"""Real parts for end-to-end tests: the server, Chromium, eyes on memory and files."""
