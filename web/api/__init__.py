"""The HTTP interface, version 1. Errors are web.problems; models are web.schemas."""
