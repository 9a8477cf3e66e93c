"""Web push: whoever allowed it in their browser is told by their own system's notifications."""
