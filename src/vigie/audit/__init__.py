"""The audit: who did what and what for, written before the answer, edited unseen by nobody."""
