"""`rnn`."""

from typing import ClassVar, Literal

from archspec.ops.recurrent import Recurrent


class Rnn(Recurrent):
    """Goes over N×T×F with a state that is made anew at each place: `h' = tanh(Wx + Uh)`.

    It gives `output` and h_n; it reads h_0 if that is given, and begins with zeros otherwise.
    """

    torch: ClassVar = "nn.RNN"
    gates: ClassVar = 1
    arguments: ClassVar = {
        **Recurrent.arguments,
        "nonlinearity": "What is applied to the sum: `tanh` or `relu`.",
    }

    nonlinearity: Literal["tanh", "relu"] = "tanh"
