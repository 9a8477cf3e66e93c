"""From a lead to a story: `leads` notes, `pitches` talks and decides, `assigning` sends out, `reporting` takes what the
field sends, `calendars` gives assignments to people's own calendars."""
