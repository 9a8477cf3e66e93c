"""A list of artefacts as rooms one walks through: walls, where each work hangs, where one stands to look at it."""
