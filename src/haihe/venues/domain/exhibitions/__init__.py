"""Exhibitions: from the list of artefacts that staff keep to the public hall."""
