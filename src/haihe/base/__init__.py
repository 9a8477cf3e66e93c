"""base: what every room stands on and what knows no room: settings, tasks, outbound, search, audit, web, edge."""
