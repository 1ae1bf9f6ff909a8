"""What takes long: reading an upload, making a candidate, evaluating it. Each in a process of its own."""
