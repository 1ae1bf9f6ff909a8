"""What clauses require: facts, hard figures and the ledger of them."""
