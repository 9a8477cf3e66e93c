# ruff: noqa: E501  (path data)
"""Haihe's own icons: one family, 24-unit grid, strokes of 1.6 units with round ends. The value is the SVG inside."""

from __future__ import annotations

ICONS: dict[str, str] = {
    "zoom": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5M7.5 10.5h6M10.5 7.5v6"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
    "theme": '<circle cx="12" cy="12" r="8.5"/><path d="M12 3.5v17a8.5 8.5 0 0 0 0-17Z" fill="currentColor"/>',
    "type": '<path d="M3 19 8.5 5h1L15 19M5 14.5h8"/><path d="M16 19l2.6-7h.8L22 19m-5.2-2.3h4.4"/>',
    "language": '<path d="M3.5 6h10M8.5 3.5V6M5 6c.8 3.2 3 6 6.5 7.5M12 6c-.8 3.6-3.3 6.7-7.5 8"/>'
    '<path d="m12.5 20.5 4-10h.5l4 10m-7-3h5.5"/>',
    "feed": '<path d="M4.5 4.5a15 15 0 0 1 15 15M4.5 11a8.5 8.5 0 0 1 8.5 8.5"/><circle cx="6" cy="18" r="1.5" fill="currentColor"/>',
    "share": '<circle cx="6" cy="12" r="2.5"/><circle cx="17.5" cy="5.5" r="2.5"/><circle cx="17.5" cy="18.5" r="2.5"/>'
    '<path d="m8.2 10.8 7-4M8.2 13.2l7 4"/>',
    "mail": '<rect x="3" y="5" width="18" height="14" rx="1.5"/><path d="m3.5 6.5 8.5 7 8.5-7"/>',
    "print": '<path d="M7 8.5v-5h10v5M7 17H3.5V8.5h17V17H17"/><path d="M7 14h10v6.5H7z"/>',
    "link": '<path d="m9.5 14.5 5-5M11 6.5l2-2a4.6 4.6 0 0 1 6.5 6.5l-2 2M13 17.5l-2 2A4.6 4.6 0 0 1 4.5 13l2-2"/>',
    "next": '<path d="M4 12h16M14 6l6 6-6 6"/>',
    "previous": '<path d="M20 12H4M10 6l-6 6 6 6"/>',
    "external": '<path d="M13 4h7v7M20 4l-9 9M17 14v6H4V7h6"/>',
    "info": '<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5.5M12 7.5v.1"/>',
    "alert": '<path d="M12 3.5 21.5 20h-19Z"/><path d="M12 10v4.5M12 17v.1"/>',
    "correction": '<path d="m4 20 1-4.5L16 4.5l3.5 3.5L8.5 19ZM13.5 7l3.5 3.5M12.5 20H20"/>',
    "ai": '<path d="M12 3.5 14 10l6.5 2-6.5 2-2 6.5L10 14l-6.5-2L10 10Z"/>',
    "river": '<path d="M3 5c7 0 8 7 18 7M3 12h18M3 19c7 0 8-7 18-7"/>',
    "time": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5.5l3.5 2"/>',
    "calendar": '<rect x="3.5" y="5" width="17" height="15.5" rx="1.5"/><path d="M3.5 10h17M8 3v4M16 3v4"/>',
    "place": '<path d="M12 21c4.5-5 7-8.5 7-11.5a7 7 0 0 0-14 0C5 12.5 7.5 16 12 21Z"/><circle cx="12" cy="9.5" r="2.5"/>',
    "organisation": '<path d="M3.5 20.5h17M5 20.5V9l7-5 7 5v11.5M9 20.5v-9M15 20.5v-9M12 20.5v-9"/>',
    "topic": '<path d="M4 6h16M4 12h10M4 18h13"/><circle cx="18.5" cy="12" r="1.5"/>',
    "picture": '<rect x="3" y="4.5" width="18" height="15" rx="1.5"/><path d="m3.5 17 5.5-6 4.5 5 2.5-2.5 5 5"/><circle cx="16" cy="9" r="1.5"/>',
    "document": '<path d="M6 3.5h8l4.5 4.5v12.5H6ZM14 3.5V8h4.5M9 12.5h6M9 16h6"/>',
    "people": '<circle cx="9" cy="8.5" r="3.5"/><path d="M2.5 20c0-3.8 2.7-6 6.5-6s6.5 2.2 6.5 6M15.5 5.3a3.5 3.5 0 0 1 0 6.4M18 14.6c2.2.9 3.5 2.7 3.5 5.4"/>',
    "ticket": '<path d="M3.5 6.5h17v3.5a2 2 0 0 0 0 4v3.5h-17V14a2 2 0 0 0 0-4ZM14 6.5v11"/>',
    "book": '<path d="M12 6.5C10 5 7 4.5 3.5 4.5v14c3.5 0 6.5.5 8.5 2 2-1.5 5-2 8.5-2v-14c-3.5 0-6.5.5-8.5 2Zm0 0v14"/>',
    "phone": '<path d="M5 3.5h4l1.5 5-2.5 2a12 12 0 0 0 5.5 5.5l2-2.5 5 1.5v4c0 1-1 1.5-2 1.5A15.5 15.5 0 0 1 3.5 5.5c0-1 .5-2 1.5-2Z"/>',
    "question": '<path d="M4 4.5h16v12h-9l-4.5 4v-4H4Z"/><path d="M9.7 8.7c.3-1.3 1.2-1.9 2.3-1.9 1.3 0 2.3.8 2.3 2 0 1.6-2.2 1.7-2.2 3.2M12.1 14v.1"/>',
    "lamp": '<path d="M9 18.5h6M10 21h4M12 3a6 6 0 0 0-3.5 10.9c.6.5 1 1.2 1 2.1h5c0-.9.4-1.6 1-2.1A6 6 0 0 0 12 3Z"/>',
    "live": '<circle cx="12" cy="12" r="3" fill="currentColor"/><path d="M7 17a7 7 0 0 1 0-10M17 7a7 7 0 0 1 0 10M4 20a11.3 11.3 0 0 1 0-16M20 4a11.3 11.3 0 0 1 0 16"/>',
    "map": '<path d="m3.5 6 5.5-2.5L15 6l5.5-2.5V18L15 20.5 9 18l-5.5 2.5ZM9 3.5V18M15 6v14.5"/>',
    "figures": '<path d="M3.5 20.5h17M6 17v-5M11 17V5M16 17V9"/>',
    "screen": '<rect x="2.5" y="4.5" width="19" height="12.5" rx="1.5"/><path d="M8 20.5h8M12 17v3.5"/>',
    "save": '<path d="M6.5 3.5h11v17L12 16l-5.5 4.5Z"/>',
    "close": '<path d="m5.5 5.5 13 13M18.5 5.5l-13 13"/>',
    "check": '<path d="m4.5 12.5 5 5 10-11"/>',
}

CHOICES = [(name, name) for name in sorted(ICONS)]

# Signs of controls, which are no choice for what staff write.
ICONS |= {
    "sides": '<path d="M4 5.5h6.5v13H4ZM13.5 5.5H20v13h-6.5Z"/>',
    "stamp": '<path d="M9.5 13.5c.5-2-1.5-3.5-1.5-6a4 4 0 0 1 8 0c0 2.5-2 4-1.5 6ZM5 13.5h14V17H5ZM6.5 20.5h11"/>',
    "walk": '<circle cx="13" cy="4.7" r="1.7"/><path d="m8 20.5 3-5.5-1.5-3 .8-4.5 3.4.5L15.5 11l3 1M10.3 7.5 7 9.5V13m4 2 3 2 1 3.5"/>',
    "play": '<path d="M7.5 5v14l11-7Z"/>',
    "pause": '<path d="M8.5 5v14M15.5 5v14"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "minus": '<path d="M5 12h14"/>',
    "full": '<path d="M4.5 9.5v-5h5M14.5 4.5h5v5M19.5 14.5v5h-5M9.5 19.5h-5v-5"/>',
    "compass": '<circle cx="12" cy="12" r="8.5"/><path d="m12 6 2.2 6H9.8Z" fill="currentColor"/><path d="m12 18-2.2-6h4.4Z"/>',
    "headset": '<path d="M3.5 8.5h17v8h-5l-2-2.5h-3l-2 2.5h-5ZM6.5 8.5v-2h11v2"/>',
    "tilt": '<rect x="8" y="4.5" width="8" height="15" rx="1.5"/><path d="M4.5 8a9 9 0 0 0 0 8M19.5 8a9 9 0 0 1 0 8"/>',
    "aloud": '<path d="M4 9.5h3.5L12 5.5v13l-4.5-4H4ZM15.5 9a4.5 4.5 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11"/>',
}
