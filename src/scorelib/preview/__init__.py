"""A report that follows what is saved: made again and shown in a browser; imports everything below it."""
