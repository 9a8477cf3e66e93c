"""fetching: rows of a source database, or the body of an address, as a file of its own. Knows no Django."""
