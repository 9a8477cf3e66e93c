"""channels: what is public, in every form and to every network.

Takes Releases and the ledger of releases.delivery; gives products (one file each in products/) and channels (one
folder each). `docs/channels.md` says what each can do and what it was tested against.
"""
