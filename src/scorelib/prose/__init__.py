"""The texts of a scorecard: Markdown that analysts write, with numbers that come from the data."""
