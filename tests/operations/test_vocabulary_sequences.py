"""A network of dense layers, embeddings, attention and recurrent layers, written as source."""

from typing import Any

import torch
from support.emitting import architecture, emitted_class

NETWORK = """
archspec: 1
name: Sequences
inputs:
  tokens: {shape: [N, T], dtype: int64}
  unseen: {shape: [N, T], dtype: bool}
  image: [N, H, W, 8]
params: {heads: 2}
layers:
  table: {op: embedding, from: tokens, num_embeddings: 20, embedding_dim: 8}
  lstm: {op: lstm, hidden_size: 4, num_layers: 2, bidirectional: true}
  more: {op: lstm, from: [lstm.0, lstm.1, lstm.2], hidden_size: 4, num_layers: 4}
  gru: {op: gru, from: more.0, hidden_size: 8}
  rnn: {op: rnn, from: [gru.0, gru.1], hidden_size: 8, nonlinearity: relu}
  causal: {op: multihead_attention, from: rnn.0, num_heads: heads, is_causal: true}
  masked: {op: multihead_attention, from: [causal, unseen], num_heads: heads,
           key_padding_mask: true}
  cross: {op: multihead_attention, from: [masked, lstm.0, lstm.0, unseen], num_heads: heads,
          key_padding_mask: true, add_bias_kv: true}
  dot: {op: scaled_dot_product_attention, from: [cross, cross, cross], is_causal: true}
  pair: {op: bilinear, from: [dot, gru.0], out_features: 5}
  fc: {op: linear, out_features: 3}
  bag: {op: embedding_bag, from: tokens, num_embeddings: 20, embedding_dim: 5, mode: sum}
  first: {op: shifted_window_attention, from: image, window_size: 4, shift_size: 2,
          num_heads: heads}
  second: {op: shifted_window_attention_v2, window_size: [4, 2], shift_size: [2, 1],
           num_heads: heads}
outputs: [fc, bag, second, rnn.1, more.2]
"""

FORWARD = """\
        x: torch.Tensor = self.table(tokens)
        lstm_output, (lstm_h_n, lstm_c_n) = self.lstm(x)
        more_output, (_, more_c_n) = self.more(lstm_output, (lstm_h_n, lstm_c_n))
        gru_output, gru_h_n = self.gru(more_output)
        rnn_output, rnn_h_n = self.rnn(gru_output, gru_h_n)
"""


def test_a_network_of_all_of_them_is_written_and_runs() -> None:
    built = architecture(NETWORK)
    assert FORWARD in built.to_source()
    assert built.verify().values > 0
    model = emitted_class(built.to_source(), "Sequences")().eval()
    tokens, unseen = torch.randint(0, 20, (2, 6)), torch.zeros(2, 6, dtype=torch.bool)
    shapes = [tuple(value.shape) for value in model(tokens, unseen, torch.randn(2, 9, 5, 8))]
    sizes: dict[str, Any] = {"N": 2, "T": 6, "H": 9, "W": 5}
    assert shapes == [t.substitute(sizes).shape for t in built.network.model.outputs]


def test_what_nobody_reads_of_a_state_is_left_out() -> None:
    text = (
        "archspec: 1\nname: Net\ninput: [N, T, 8]\nlayers:\n  lstm: {op: lstm, hidden_size: 4}\n"
        "  fc: {op: linear, from: lstm.0, out_features: 2}\n"
    )
    assert "lstm_output, _ = self.lstm(" in architecture(text).to_source()


def test_a_causal_query_sees_no_later_place() -> None:
    text = "archspec: 1\nname: Net\ninput: [N, T, 8]\nlayers:\n  a: " + (
        "{op: multihead_attention, num_heads: 2, is_causal: true}\n"
    )
    model = architecture(text).to_torch().double().eval()
    x = torch.randn(2, 5, 8).double()
    changed = torch.cat((x[:, :4], torch.randn(2, 1, 8).double()), dim=1)
    with torch.no_grad():
        before, after = model(x), model(changed)
    assert torch.allclose(before[:, :4], after[:, :4])
    assert not torch.allclose(before[:, 4], after[:, 4])


CAUSAL_OR_NOT = """
archspec: 1
name: Net
input: [N, 6, 8]
blocks:
  unit:
    params: {causal: bool}
    layers: {attention: {op: multihead_attention, num_heads: 2, is_causal: causal}}
layers:
  a: {block: unit, causal: true}
  b: {block: unit, causal: false}
"""


def test_what_is_called_in_two_ways_has_two_classes() -> None:
    assert architecture(CAUSAL_OR_NOT).to_source().count("generate_square_subsequent_mask") == 1
    model: Any = architecture(CAUSAL_OR_NOT).to_torch().double().eval()
    x = torch.randn(2, 6, 8).double()
    with torch.no_grad():
        seen = [module(x)[:, 0] for module in (model.a, model.b)]
        x[:, 5] = 0
        then = [module(x)[:, 0] for module in (model.a, model.b)]
    assert [torch.allclose(*pair) for pair in zip(seen, then, strict=True)] == [True, False]
