"""The evaluation suite: gold questions, metrics, benchmarks and the report."""
