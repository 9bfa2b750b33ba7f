"""Files for Prometheus and Grafana, drawn from one description of what is worth watching."""
