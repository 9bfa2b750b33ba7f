"""The synthetic city: one seeded ground truth of Marseille in outline, emitted as native feeds."""
