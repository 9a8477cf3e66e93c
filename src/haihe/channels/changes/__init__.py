"""The subscriber interface: programs of partners read what is new from a place of their own, or listen to it."""
