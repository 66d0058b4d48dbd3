"""The JSON half of the wire (docs/reference/protocol.md, section 2).

`client` holds what a client may send and how it is read, `server` what it is
sent, `writing` how that is written. Binary records are `chat.domain.records`.
"""
