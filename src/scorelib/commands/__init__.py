"""One module a command of the command line: parses, calls, prints; imports what is heavy when it runs."""
