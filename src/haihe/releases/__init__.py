"""releases: what is public. Takes a Publishable of any room; gives immutable Releases that cite Masters
and FactSheets, the walk back to their bytes, and the baked pages made from them."""
