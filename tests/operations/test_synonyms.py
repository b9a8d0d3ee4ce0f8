"""The words of other frameworks lead to ours, and what is only spelt alike does not."""

import pytest

from archspec.document import close_match, operation_match
from archspec.document.synonyms import argument_for
from archspec.operations import load, names
from archspec.pipeline import check
from archspec.source import applied, read

PAIRS = {
    "dense": "linear",
    "concat": "cat",
    "concatenate": "cat",
    "view": "reshape",
    "bmm": "matmul",
    "swish": "silu",
    "sync_batch_norm": "batch_norm2d",
    "zero_pad2d": "pad",
    "deconv": "conv_transpose2d",
    "global_avg_pool2d": "adaptive_avg_pool2d",
    "bn": "batch_norm2d",
    "maxpool": "max_pool2d",
    "droppath": "stochastic_depth",
    # Keras and TensorFlow
    "tf.keras.layers.Dense": "linear",
    "MaxPooling1D": "max_pool1d",
    "AveragePooling3D": "avg_pool3d",
    "GlobalMaxPooling1D": "adaptive_max_pool1d",
    "Conv2DTranspose": "conv_transpose2d",
    "DepthwiseConv2D": "conv2d",
    "BatchNormalization": "batch_norm2d",
    "LayerNormalization": "layer_norm",
    "UpSampling2D": "upsample",
    "SpatialDropout1D": "dropout1d",
    "Multiply": "mul",
    "Subtract": "sub",
    "expand_dims": "unsqueeze",
    "depth_to_space": "pixel_shuffle",
    "reduce_mean": "mean",
    "reduce_logsumexp": "logsumexp",
    "clip_by_value": "clamp",
    # JAX, ONNX, Caffe, Darknet, MXNet, and what people call it
    "nn.Conv": "conv2d",
    "jnp.concatenate": "cat",
    "Gemm": "linear",
    "GlobalAveragePool": "adaptive_avg_pool2d",
    "InnerProduct": "linear",
    "Eltwise": "add",
    "LRN": "local_response_norm",
    "route": "cat",
    "shortcut": "add",
    "convolutional": "conv2d",
    "leaky": "leaky_relu",
    "reorg": "pixel_unshuffle",
    "elemwise_add": "add",
    "FullyConnected": "linear",
    "im2col": "unfold",
    "gap": "adaptive_avg_pool2d",
    "lrelu": "leaky_relu",
    "hswish": "hardswish",
    "SelfAttention": "multihead_attention",
    # PyTorch's own classes, and slips
    "nn.Conv2d": "conv2d",
    "BatchNorm1d": "batch_norm1d",
    "torch.nn.functional.log_softmax": "log_softmax",
    "MultiheadAttention": "multihead_attention",
    "rellu": "relu",
    "convd2": "conv2d",
    "linaer": "linear",
}
NOTHING = """
sort argsort Lambda Activation Masking TimeDistributed SeparableConv2D GaussianNoise erf norm tril
triu squeeze_excite Pooling Scale yolo crnn nms mlp encoder transformer bottleneck ghost focus spp
filter_response_norm batch_renorm cdist kron outer adain Silence RepeatVector
"""
"""Words of others, and of networks, that none of our operations is."""

ARGUMENTS = """conv2d filters out_channels; conv2d strides stride; conv2d dilation_rate dilation;
conv2d use_bias bias; conv2d pad padding; conv2d kernel kernel_size; conv2d group groups;
conv2d numOutput out_channels; linear units out_features; linear num_hidden out_features;
lstm units hidden_size; dropout rate p; dropout drop_prob p; cat axis dim;
batch_norm2d epsilon eps;
leaky_relu alpha negative_slope; multihead_attention heads num_heads;
max_pool2d pool_size kernel_size;
embedding vocab_size num_embeddings; embedding d_model embedding_dim; upsample scale scale_factor;
permute perm dims; reshape newshape shape; group_norm ngroups num_groups; pixel_shuffle block_size
upscale_factor; pad paddings pad; softmax axis dim; mean keepdims keepdim"""


def named(help: str | None) -> str | None:
    """Give the operation that a help names first, of whichever kind it is."""
    words = (
        (help or "")
        .removeprefix("did you mean")
        .replace("`", " ")
        .replace("{op: ", " ")
        .replace(",", " ")
        .split()
    )
    return next((word for word in words if word in names()), None)


@pytest.mark.parametrize("word", PAIRS)
def test_a_word_leads_to_ours(word: str) -> None:
    assert named(operation_match(word, names())) == PAIRS[word]


@pytest.mark.parametrize("word", NOTHING.split())
def test_a_word_without_a_counterpart_leads_nowhere(word: str) -> None:
    assert operation_match(word, names()) is None


@pytest.mark.parametrize("case", ARGUMENTS.split(";"))
def test_an_argument_leads_to_ours(case: str) -> None:
    operation, word, ours = case.split()
    assert argument_for(word, load(operation).model_fields) == ours


def test_what_a_word_leads_to_is_built() -> None:
    text = "archspec: 1\nname: Net\ninput: [N, 3, 8, 8]\nlayers: [global_avg_pool2d]\n"
    (found,) = check(read(text, "net.yaml")).diagnostics
    (way, *_) = found.alternatives
    outcome = check(read(applied(text, way), "net.yaml"))
    assert outcome.network is not None
    assert str(outcome.network.model.outputs[0]) == "N×3×1×1"


@pytest.mark.parametrize(("word", "known"), [("sort", "dot"), ("swish", "hardswish"), ("a", "b")])
def test_a_far_neighbour_is_none(word: str, known: str) -> None:
    assert close_match(word, [known]) is None
