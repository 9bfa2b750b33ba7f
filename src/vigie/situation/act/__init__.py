"""Acting on a situation: reflex cards, log of the shift, means proposed, dispatches, handovers."""
