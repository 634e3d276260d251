"""The site over all reports: find, compare, over time, and the data with their description."""
