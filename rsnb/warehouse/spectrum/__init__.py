"""Spectrum: tables over files of the lake. Their definitions, how their files are read, and how files are written."""
