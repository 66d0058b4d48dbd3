"""Who is here: visitors, accounts, age, preferences."""
