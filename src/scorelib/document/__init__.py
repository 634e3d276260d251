"""What a report consists of, between the notebook that shows it and the writers that render it."""
