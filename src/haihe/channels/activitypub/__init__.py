"""ActivityPub: an actor for each organisation that wants one; followers anywhere are told, replies wait for staff."""
