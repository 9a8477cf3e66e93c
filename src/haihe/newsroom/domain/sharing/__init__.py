"""Sharing 云稿库: one organisation offers a version, another makes its own of it; both keep theirs.

`offering` gives and takes back, `adopting` makes a version of one's own, `following` says where a text went, what
changed there and how often it was used, `fees` keeps the ledger of what contributors earn.
"""
