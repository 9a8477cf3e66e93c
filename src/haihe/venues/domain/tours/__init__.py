"""Tours 全景导览: what one is, whether it can be walked, and how it is read from and written for other programs."""
