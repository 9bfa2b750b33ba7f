"""What runs when: the schedule of a serving home, and the demo."""
