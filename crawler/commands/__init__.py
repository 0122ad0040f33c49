"""Scrapy commands that write to the archive. Reading commands are in `python -m archive`."""
