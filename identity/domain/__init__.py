"""Rules about people: age, and what they may say about themselves."""
