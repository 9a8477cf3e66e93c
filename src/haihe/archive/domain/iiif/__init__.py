"""IIIF Image API 3.0 and 2.1, without Django: what an address asks for, and what info.json says."""
