"""The event file: what planner, police and fire brigade work from, for one plan."""
