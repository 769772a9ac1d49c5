"""Room 7: argv to exit code; the only room that prints."""
