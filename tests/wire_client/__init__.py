"""A client of the wire protocol that shares no code with the server.

Written from `docs/reference/protocol.md` and the public standards it names
alone: what it can do, a mobile app or a bot can do. `stranger.Stranger` is the
way in; a test holds that nothing of the server is imported here.
"""
