"""Operations held against PyTorch: their cases, what PyTorch makes of them, and figures."""
