"""What a change of a plan would change: expected facts, crowd, means, and whether they suffice."""
