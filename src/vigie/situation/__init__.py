"""Use cases of Aujourd'hui: the home that holds everything, the views of it, and its alerts."""
