"""Single-token mutants of the shipped specs: each is reported, or builds another network."""
