"""The benchmarks behind `make bench`: each module's `run` gives table rows, ratios in one run."""
