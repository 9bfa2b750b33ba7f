"""The attackers: one file each; see ``vigie.civic.attacking``."""
