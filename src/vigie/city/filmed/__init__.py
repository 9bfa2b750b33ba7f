"""Filmed scenes of the synthetic city: drawn silhouettes, known truth, served as cameras are."""
