"""Files in a folder of this machine, or of a share mounted on it."""
