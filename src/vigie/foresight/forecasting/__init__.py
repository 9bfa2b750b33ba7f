"""The forecast: how many facts, by place, slot and kind, with its error."""
