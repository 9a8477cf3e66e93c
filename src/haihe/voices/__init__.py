"""Voices: what the public writes to what is public; nobody reads it before staff let it stand. Rooms give the place
(a guestbook under a tour), voices the one queue. It takes Publications and gives the entries that stand."""
