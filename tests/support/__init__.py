"""What tests share with each other, with the tools and with the benchmarks."""
