"""Proves reports: makes them again and compares, leads numbers to their rows, seals releases."""
