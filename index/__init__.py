"""From provisions to passages, and from a question to the passages nearest to it."""
