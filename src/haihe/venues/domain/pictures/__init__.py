"""Reading picture files: signatures, headers, GPano XMP, rows in order. Every file is taken to be hostile."""
