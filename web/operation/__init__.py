"""Running the server: logs, metrics, a new index while it runs, several processes."""
