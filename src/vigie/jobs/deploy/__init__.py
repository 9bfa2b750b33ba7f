"""From a home's settings: systemd units, a compose file, Kubernetes manifests."""
