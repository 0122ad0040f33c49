"""A made-up county, its agencies' reports and its portals, served on loopback. All names and prose are invented by us."""
