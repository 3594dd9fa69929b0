"""UNLOAD: its grammar, the rows as text, the files, the manifest, and the run of it."""
