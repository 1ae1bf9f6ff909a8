"""From a question to evidence, and from evidence to an answer made of verified citations."""
