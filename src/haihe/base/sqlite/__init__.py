"""SQLite for a city: Django's own backend, with writers in line.

SQLite has one writer at a time. Its waiting writers sleep and look again, ever longer, and whoever looks first goes
first: beside a busy worker, a click may wait for twenty seconds. Here they stand in line before they ask SQLite, and
the next one goes on within a millisecond. The line is for fairness alone: what is right is SQLite's to decide, and a
writer whose turn does not come in `timeout` seconds asks SQLite all the same.
"""
