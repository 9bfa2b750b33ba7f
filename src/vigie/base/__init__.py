"""What everything may use: errors, settings, clock, identifiers, logging, translations."""
