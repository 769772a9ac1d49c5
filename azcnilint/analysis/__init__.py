"""Room 3½: what follows from the records of one node; pure functions, each usable alone and from a rule."""
