"""From a file to a document: canonical text, a tree of provisions, and citations into it."""
