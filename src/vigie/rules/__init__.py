"""The rules: one file each; see ``vigie.judge.rule``."""
