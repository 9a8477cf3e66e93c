"""Maps that a bureau draws its figures on: judged, tied to the codes of its streams, drawn. Knows no Django."""
