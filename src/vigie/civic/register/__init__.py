"""The register: what runs here, on what, for whom and for how long, from the live configuration."""
