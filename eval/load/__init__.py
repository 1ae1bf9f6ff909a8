"""How many questions a second the server answers, and whether it keeps its memory while it does."""
