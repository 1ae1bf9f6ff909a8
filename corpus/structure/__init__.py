"""From a source text to canonical text and the tree of provisions over it."""
