"""The text of a class: its signature, the assignments of its layers, and its rules."""
