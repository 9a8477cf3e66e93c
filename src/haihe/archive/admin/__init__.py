"""Staff pages of the archive."""
