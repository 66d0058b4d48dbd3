"""How good is good: this server beside others, measured in one run."""
