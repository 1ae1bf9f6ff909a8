"""Pages for people. Each works without script; the script only saves a reload."""
