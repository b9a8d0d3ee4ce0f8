"""The constructor of a class: what makes its layers, one by one, in rows and in loops."""
