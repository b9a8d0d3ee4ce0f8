"""Let the shallow network learn, and keep what it learned in shallow.pth."""

import sys

import torch
from digits import error, train, watched

import archspec


def main(epochs: int = 8) -> None:
    """Train and save."""
    torch.manual_seed(0)
    model = archspec.load("network.yaml", variant="shallow").to_torch()
    for _ in watched(train(model, epochs, seed=0, rate=0.02), "learning", epochs):
        pass
    torch.save(model.state_dict(), "shallow.pth")
    print(f"{error(model):.1f} % of the test pictures are told wrong")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
