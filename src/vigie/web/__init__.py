"""The HTTP interface: application factory, routers by resource, problem answers, live stream."""
