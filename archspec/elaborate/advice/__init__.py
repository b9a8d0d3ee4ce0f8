"""What would mend a mistake that elaboration came upon: its notes, its places, its help.

Whoever reads how a network is elaborated need not open these files.
"""
