"""What would mend a mistake that elaboration came upon: its notes, its places, its help."""
