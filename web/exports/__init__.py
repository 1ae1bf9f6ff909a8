"""The ledger and the library as files for other programs."""
