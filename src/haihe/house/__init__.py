"""house: the composition root above all floors: Django settings, addresses, the command line and `haihe up`.
It knows every room; no room imports it."""
