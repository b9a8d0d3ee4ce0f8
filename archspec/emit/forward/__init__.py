"""The method `forward`: how each layer of a body is called, and the lines that say it."""
