"""Legal detection: grants, analyses they open, verdicts, and the rate that is published."""
