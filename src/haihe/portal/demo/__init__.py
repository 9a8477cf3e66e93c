"""The demonstration city: its organisations, stories and pictures, all of our own making, built by the same verbs
that staff use."""
