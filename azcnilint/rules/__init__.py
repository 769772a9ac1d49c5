"""Room 4: YAML files to a checked rule pack."""
