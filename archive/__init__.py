"""The dated, content-hashed store of annual reports, and the domain model.

Imports neither `crawler` nor `pipelines`, and not Scrapy: whoever only reads an archive needs nothing else.
"""
