"""edge: the front door. One small RSGI application under granian: baked pages and static files from memory, media
with ranges, everything else passed on to Django behind it. It imports no Django and holds no database connection.

tree        how a baked page lies on disk, written and read by the same file (baking writes, the edge reads)
negotiate   Accept-Encoding and conditional requests, as RFC 9110 has them
cache       pages in memory, bounded in bytes, exact by a mapped counter
files       static and media files
proxy       Django behind a unix socket or a loopback port
routes      what rooms serve themselves
app, serve  the application, and the process around it (`python -m haihe.base.edge`)
"""
