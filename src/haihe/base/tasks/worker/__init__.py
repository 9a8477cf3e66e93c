"""The processes of `haihe worker`: one supervisor, one crew for the reserved lanes, one for the others, and a child for
each heavy task. All are forked from the supervisor after everything is imported, so that they share its memory."""
