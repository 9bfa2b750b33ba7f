"""Between processes and hosts, over NATS: a bell, and a second place that holds what was pushed."""
