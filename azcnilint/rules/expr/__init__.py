"""The expression language of rules: a strict, typed subset of CEL with Kleene's truth and evidence."""
