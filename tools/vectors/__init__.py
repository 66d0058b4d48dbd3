"""An independent reference of the protocol's cryptography, for test vectors.

Shares no code with the server or the browser: what all three agree on is right.
"""
