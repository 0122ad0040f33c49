"""From a portal's address to captures: the Scrapy project, portal families, registry of portals."""
