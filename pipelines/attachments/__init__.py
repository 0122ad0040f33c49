"""Readers of files other than HTML and text, each giving the text, the grids and where they stand."""
