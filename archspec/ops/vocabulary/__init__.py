"""One file an operation, named as the operation is in a spec."""
