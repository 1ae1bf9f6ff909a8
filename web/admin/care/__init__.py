"""Keeping the answers good: questions that went wrong, gold items, the glossary, usage, keys of programs."""
