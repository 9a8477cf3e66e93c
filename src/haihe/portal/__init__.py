"""portal: the public face. Takes Releases; gives home, fronts, stories, topics, organisations, search and feeds."""
