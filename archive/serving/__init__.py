"""The archive in a web browser: Datasette with pages of our own over the catalog, read-only. `archive.serving.app.Gongkai` is it."""
