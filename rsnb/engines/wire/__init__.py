"""Redshift over the wire: the driver signs in, the rows are read off its socket and decoded here, all at once."""
