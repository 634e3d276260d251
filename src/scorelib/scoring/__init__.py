"""What scores and amounts come to: pure functions on tables.

Imports `errors`, pandas and the standard library; reads no file, and knows no language or look.
"""
