"""Spiders: one that finds reports. Scrapy finds the modules of this folder by itself."""
