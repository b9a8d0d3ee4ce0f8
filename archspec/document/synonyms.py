"""The words of other frameworks, and ours for the same: one table of operations, one of arguments.

The words are those of Keras, TensorFlow, JAX, ONNX, Caffe, Darknet, MXNet and of PyTorch's own
functions and blogs. They are written without case, underscores and points, and those of operations
without the number of dimensions, which `{}` stands for.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

_OPERATIONS = {
    "linear": "dense denselayer fc fullyconnected innerproduct gemm connected affinelayer",
    "cat": "concat concatenate concatenation concatv2 route join merge depthconcat",
    "reshape": "view viewas reshapelayer",
    "matmul": "bmm mm dot batchmatmul batchmatmulv2 batchdot matrixmultiply baddbmm dotgeneral",
    "silu": "swish swish1 siluactivation",
    "hardswish": "hswish hardswishactivation",
    "hardsigmoid": "hsigmoid",
    "leaky_relu": "leaky lrelu leakyrectify",
    "prelu": "parametricrelu",
    "relu": "rectify rectifier rectifiedlinear",
    "sigmoid": "logistic",
    "threshold": "thresholdedrelu",
    "batch_norm{}": "bn batchnorm batchnormalization syncbatchnorm syncbatchnormalization syncbn "
    "frozenbn "
    "frozenbatchnorm spatialbn spatialbatchnormalization inplaceabn",
    "instance_norm{}": "instancenorm instancenormalization",
    "layer_norm": "ln layernormalization",
    "group_norm": "gn groupnormalization",
    "rms_norm": "rmsnormalization",
    "local_response_norm": "lrn localresponsenormalization crossmaplrn",
    "normalize": "l2normalize l2normalization l2norm unitnormalization",
    "vector_norm": "linalgnorm",
    "pad": "zeropad zeropadding constantpad reflectionpad replicationpad circularpad mirrorpad "
    "padv2 padlayer",
    "conv{}": "conv convolution convolutional convlayer dilatedconv atrousconv groupconv "
    "groupedconv",
    "conv_transpose{}": "deconv deconvolution convtranspose transposedconv transposeconv upconv "
    "convolutiontranspose transposedconvolution fractionallystridedconv",
    "max_pool{}": "maxpool maxpooling maxpoolwithargmax",
    "avg_pool{}": "avgpool avgpooling averagepool averagepooling meanpool meanpooling",
    "adaptive_avg_pool{}": "adaptiveavgpooling adaptiveaveragepool adaptiveaveragepooling",
    "adaptive_max_pool{}": "adaptivemaxpooling",
    "lp_pool{}": "lppooling",
    "max_unpool{}": "maxunpooling unpool unpooling",
    "stochastic_depth": "droppath dropconnect",
    "dropout{}": "spatialdropout featuredropout",
    "dropout": "dropoutlayer",
    "multihead_attention": "mha selfattention multiheadselfattention multiheadattn",
    "scaled_dot_product_attention": "sdpa dotproductattention attention",
    "upsample": "upsampling upsamplinglayer",
    "interpolate": "resize resizebilinear resizenearestneighbor resizing",
    "pixel_shuffle": "depthtospace subpixelconv",
    "pixel_unshuffle": "spacetodepth reorg",
    "channel_shuffle": "shufflechannel shufflechannels",
    "add": "eltwise plus addn elementwiseadd elemwiseadd addv2 broadcastadd shortcut residualadd",
    "mul": "multiply times elementwisemul elemwisemul broadcastmul hadamard",
    "sub": "subtract minus elemwisesub",
    "div": "divide truediv truedivide realdiv elemwisediv",
    "mean": "reducemean",
    "sum": "reducesum",
    "amax": "max reducemax",
    "amin": "min reducemin",
    "prod": "reduceprod product",
    "var": "variance reducevar reducevariance",
    "std": "stddev reducestd",
    "unsqueeze": "expanddims",
    "transpose": "swapaxes swapdims",
    "permute": "permutedims permutelayer movedim moveaxis",
    "slice": "stridedslice crop cropping",
    "expand": "broadcastto broadcastlike expandas",
    "flip": "reverse",
    "roll": "shift",
    "identity": "noop passthrough pass",
    "embedding": "embed lookuptable wordembedding embeddinglookup tokenembedding",
    "rnn": "simplernn elman elmanrnn",
    "lstm": "cudnnlstm longshorttermmemory",
    "gru": "cudnngru gatedrecurrentunit",
    "clamp": "clip clipbyvalue hardlimit",
    "pow": "power",
    "neg": "negative negate",
    "abs": "absolute absval",
    "exp": "exponential",
    "log": "logarithm ln1",
    "unbind": "unstack unpack",
    "stack": "pack",
    "gather": "gatherelements takealongaxis takealongdim",
    "index_select": "take",
    "unfold": "im2col extractpatches extractimagepatches",
    "fold": "col2im",
    "constant": "const buffer fill full",
    "parameter": "variable weight param",
    "arange": "range",
    "where": "select2 selectv2 ifelse",
    "sin": "sine",
    "cos": "cosine",
    "eq": "equal",
    "ne": "notequal",
    "gt": "greater greaterthan",
    "ge": "greaterequal greaterorequal",
    "lt": "less lessthan",
    "le": "lessequal lessorequal",
    "one_hot": "onehotencoding categoryencoding",
    "topk": "topkv2",
    "deform_conv2d": "deformconv deformableconv deformableconvolution dcn",
    "grid_sample": "gridsampler bilinearsampler",
    "roi_align": "roialignrotated",
}
_NOTHING = """sort argsort erf lambda norm activation loss unique nonzero bincount histc softabs
addmm crnn floor ceil round sign isnan cast scale bias rescaling masking timedistributed
separableconv locallyconnected gaussiannoise gaussiandropout cropandresize nms squash fft ifft
pool pooling det inverse cross trace tril triu scan cond loop lars relun switch
squeezeexcite squeezeexcitation se selayer"""
"""Words of operations that have no counterpart: what is spelt alike is something else."""

_WITH: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "globalavgpool": ("adaptive_avg_pool{}", {"output_size": "1"}),
    "globalaveragepool": ("adaptive_avg_pool{}", {"output_size": "1"}),
    "globalaveragepooling": ("adaptive_avg_pool{}", {"output_size": "1"}),
    "globalavgpooling": ("adaptive_avg_pool{}", {"output_size": "1"}),
    "gap": ("adaptive_avg_pool{}", {"output_size": "1"}),
    "globalmaxpool": ("adaptive_max_pool{}", {"output_size": "1"}),
    "globalmaxpooling": ("adaptive_max_pool{}", {"output_size": "1"}),
    "depthwiseconv": ("conv{}", {"out_channels": "in_channels", "groups": "in_channels"}),
    "depthwiseconvolution": ("conv{}", {"out_channels": "in_channels", "groups": "in_channels"}),
    "dwconv": ("conv{}", {"out_channels": "in_channels", "groups": "in_channels"}),
    "pointwiseconv": ("conv{}", {"kernel_size": "1"}),
    "square": ("pow", {"exponent": "2"}),
    "rsqrt": ("pow", {"exponent": "-0.5"}),
    "reciprocal": ("pow", {"exponent": "-1.0"}),
}
"""Operations that are one of ours with certain arguments."""

_ARGUMENTS = {
    "filters": "out_channels",
    "nfilters": "out_channels",
    "numfilters": "out_channels",
    "numfilter": "out_channels",
    "numoutput": "out_channels out_features",
    "nout": "out_channels out_features",
    "channels": "out_channels",
    "numchannels": "out_channels",
    "outputchannels": "out_channels",
    "outplanes": "out_channels",
    "planes": "out_channels",
    "outchans": "out_channels",
    "outdim": "out_features out_channels embedding_dim",
    "outputdim": "embedding_dim out_features",
    "width": "out_channels out_features",
    "units": "out_features hidden_size",
    "neurons": "out_features",
    "nodes": "out_features",
    "features": "out_features out_channels embedding_dim",
    "numhidden": "out_features hidden_size",
    "numunits": "hidden_size out_features",
    "hiddendim": "hidden_size",
    "hiddenunits": "hidden_size",
    "nhid": "hidden_size",
    "statesize": "hidden_size",
    "kernel": "kernel_size",
    "k": "kernel_size",
    "ksize": "kernel_size",
    "size": "kernel_size output_size",
    "filtersize": "kernel_size",
    "kernelshape": "kernel_size",
    "poolsize": "kernel_size",
    "windowshape": "kernel_size",
    "windowsize": "kernel_size",
    "window": "kernel_size window_size",
    "p": "padding",
    "g": "groups",
    "cout": "out_channels",
    "c2": "out_channels",
    "s": "stride",
    "strides": "stride",
    "subsample": "stride",
    "windowstrides": "stride",
    "pad": "padding",
    "pads": "padding pad",
    "paddings": "pad padding",
    "paddingsize": "padding",
    "bordermode": "padding_mode padding",
    "d": "dilation",
    "dilations": "dilation",
    "dilationrate": "dilation",
    "rate": "p dilation",
    "rhsdilation": "dilation",
    "atrousrate": "dilation",
    "droprate": "p",
    "dropprob": "p",
    "dropout": "p",
    "dropoutrate": "p",
    "dropoutratio": "p",
    "prob": "p",
    "probability": "p",
    "ratio": "p",
    "axis": "dim dims start_dim",
    "axes": "dim dims",
    "dims": "dim",
    "dim": "dims start_dim",
    "dimension": "dim",
    "concataxis": "dim",
    "normalizedshape": "dim",
    "group": "groups num_groups",
    "ngroups": "num_groups groups",
    "numgroup": "groups num_groups",
    "numgroups": "groups",
    "groups": "num_groups",
    "featuregroupcount": "groups",
    "usebias": "bias",
    "biasterm": "bias",
    "withbias": "bias",
    "hasbias": "bias",
    "epsilon": "eps",
    "variableepsilon": "eps",
    "slope": "negative_slope",
    "alpha": "negative_slope",
    "leak": "negative_slope",
    "heads": "num_heads",
    "nhead": "num_heads",
    "nheads": "num_heads",
    "numattentionheads": "num_heads",
    "nlayers": "num_layers",
    "vocabsize": "num_embeddings",
    "vocab": "num_embeddings",
    "inputdim": "num_embeddings",
    "ntoken": "num_embeddings",
    "numwords": "num_embeddings",
    "embeddim": "embedding_dim",
    "embedsize": "embedding_dim",
    "embeddingsize": "embedding_dim",
    "dmodel": "embedding_dim",
    "scale": "scale_factor",
    "scales": "scale_factor",
    "factor": "scale_factor upscale_factor downscale_factor",
    "blocksize": "upscale_factor downscale_factor",
    "upsamplefactor": "scale_factor upscale_factor",
    "interpolation": "mode",
    "method": "mode",
    "keepdims": "keepdim",
    "newshape": "shape",
    "targetshape": "shape",
    "outputshape": "shape output_size",
    "perm": "dims",
    "permutation": "dims",
    "numsplits": "chunks",
    "numorsizesplits": "split_size_or_sections chunks",
    "minvalue": "min min_val",
    "maxvalue": "max max_val",
    "bottom": "from",
    "bottoms": "from",
    "source": "from",
    "sources": "from",
    "reads": "from",
    "src": "from",
    "f": "from",
    "inboundnodes": "from",
    "n": "repeat",
    "repeats": "repeat",
    "times": "repeat",
    "number": "repeat",
    "numrepeats": "repeat",
    "condition": "when",
    "enabled": "when",
    "requiresgrad": "trainable",
    "weightinit": "init",
    "kernelinitializer": "init",
    "initializer": "init",
}

UNNEEDED: Mapping[str, str] = {
    "batchfirst": "the batch comes first already",
    "dataformat": "the channels come second always, as in PyTorch",
    "channelslast": "the channels come second always, as in PyTorch",
    "device": "where a model lives is no part of its spec",
    "inputshape": "sizes are read off what the layer reads",
    "inputchannels": "channels are read off what the layer reads",
    "inplanes": "channels are read off what the layer reads",
    "inchannels": "channels are read off what the layer reads",
    "infeatures": "features are read off what the layer reads",
    "inputsize": "sizes are read off what the layer reads",
    "numfeatures": "channels are read off what the layer reads",
    "batchsize": "every size of a batch will do",
    "kernelregularizer": "how a model is trained is no part of its spec",
    "weightdecay": "how a model is trained is no part of its spec",
    "lr": "how a model is trained is no part of its spec",
}
"""Arguments that say what is so already, or what a spec does not say, and why."""

INITIAL: Mapping[str, str] = {
    "xavier": "xavier_uniform",
    "glorot": "xavier_uniform",
    "glorotuniform": "xavier_uniform",
    "glorotnormal": "xavier_normal",
    "heuniform": "kaiming_uniform",
    "henormal": "kaiming_normal",
    "kaiming": "kaiming_normal",
    "msra": "kaiming_normal",
    "truncatednormal": "trunc_normal",
    "gaussian": "normal",
    "randomnormal": "normal",
    "randomuniform": "uniform",
    "fill": "constant",
    "zero": "zeros",
    "one": "ones",
    "identity": "eye",
}
"""Rules for initial weights by the names that others give them."""

APART: Mapping[str, str] = {
    "activation": "an activation is a layer of its own, behind this one",
    "act": "an activation is a layer of its own, behind this one",
    "nonlinearity": "an activation is a layer of its own, behind this one",
    "norm": "a normalisation is a layer of its own, behind this one",
    "bn": "a normalisation is a layer of its own, behind this one",
    "batchnorm": "a normalisation is a layer of its own, behind this one",
    "batchnormalize": "a normalisation is a layer of its own, behind this one",
    "nobias": "write `bias: false`",
    "keepprob": "write `p`, which is how much is dropped",
    "returnsequences": "all places of a sequence are given, in the first of its values",
    "returnstate": "the last states are given, behind the first of its values",
    "name": "the name of a layer is the key under which it stands",
}
"""Arguments for what another part of the spec says, and which."""

_RANK = re.compile(r"[123]d")
_PLAIN = re.compile(r"[\W_]")


class Ours(NamedTuple):
    """An operation of ours, and the arguments with which it is what another word stands for."""

    name: str
    arguments: Mapping[str, str]


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """Write a name as it stands in the tables; of `nn.Conv2d` the last part counts.

    >>> plain("tf.keras.layers.MaxPooling2D"), plain("out_channels")
    ('maxpooling2d', 'outchannels')
    """
    return _PLAIN.sub("", name.rpartition(".")[2]).lower()


def operation_for(name: str, known: Collection[str]) -> Ours | None:
    """Find the operation that another framework calls so.

    >>> operation_for("GlobalAveragePooling1D", ["adaptive_avg_pool1d", "avg_pool1d"])
    Ours(name='adaptive_avg_pool1d', arguments={'output_size': '1'})
    >>> operation_for("swish", ["hardswish", "silu"]).name
    'silu'
    """
    found = _RANK.search(plain(name))
    stem, rank = _stem(name), found[0] if found else "2d"
    ours, arguments = _WITH.get(stem) or (_BY_WORD.get(stem) or _BY_WORD.get(plain(name), ""), {})
    return Ours(ours.format(rank), arguments) if ours.format(rank) in known else None


def has_none(name: str) -> bool:
    """Say whether a word of other frameworks has no counterpart, so that no near one is meant.

    >>> has_none("argsort"), has_none("swish")
    (True, False)
    """
    return _stem(name) in _NOTHING.split()


def _stem(name: str) -> str:
    """Leave the number of dimensions out of a name, wherever it stands in it."""
    return _RANK.sub("", plain(name), count=1)


def argument_for(name: str, known: Collection[str]) -> str | None:
    """Find the argument that another framework calls so, among those that are known.

    >>> argument_for("rate", ["p", "inplace"]), argument_for("rate", ["dilation", "stride"])
    ('p', 'dilation')
    """
    candidates = _ARGUMENTS.get(plain(name), "").split()
    return next((ours for ours in candidates if ours in known), None)


def _by_word() -> Iterator[tuple[str, str]]:
    for ours, words in _OPERATIONS.items():
        yield from ((word, ours) for word in words.split())


_BY_WORD = dict(_by_word())
