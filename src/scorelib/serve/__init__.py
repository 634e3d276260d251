"""Pages for one reader on this machine: a server that only listens to itself; imports errors alone."""
