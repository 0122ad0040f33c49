"""From a capture to a checked report: decode → classify → body → furniture → sections → agency, year → statistics →
prose figures → checks. Pure steps, each a small function; imports `archive` only.
"""

READER_VERSION = "4"
"""Rises when any step derives something else from the same bytes: versions of two readers are never compared."""
