"""The figure check: reads the numbers in a text and holds them against the data and each other."""
