"""One file for each figure; see tests.benchmarks."""
