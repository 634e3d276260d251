"""Reads and validates the tables of a project; knows nothing of what is shown of them."""
