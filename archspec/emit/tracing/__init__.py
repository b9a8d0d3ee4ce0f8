"""What every size in a class is over the class's own names: the shape rules run on symbols."""
