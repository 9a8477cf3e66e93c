"""A WebSub hub for the city's own feeds."""
