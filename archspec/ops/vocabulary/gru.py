"""`gru`."""

from typing import ClassVar

from archspec.ops.recurrent import Recurrent


class Gru(Recurrent):
    """Goes over N×T×F with a state that gates reset and renew: `h' = (1 - z) n + z h`.

    `r = σ(Wx + Uh)` resets, `z = σ(Wx + Uh)` keeps, `n = tanh(Wx + r (Uh))` renews, each with its
    own W and U. It gives `output` and h_n; it reads h_0 if that is given, and begins with zeros
    otherwise.
    """

    torch: ClassVar = "nn.GRU"
    gates: ClassVar = 3
