"""The analyses: one file each; see ``vigie.analyse.analysis``."""
