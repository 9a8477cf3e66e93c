"""A snippet with everything Wagtail can do to one, to walk every view of it through the gate."""
