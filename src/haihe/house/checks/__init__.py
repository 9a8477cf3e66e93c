"""The checks of the house itself; those of a room stand in the room."""
