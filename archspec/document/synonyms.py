"""The words of other frameworks, and ours for the same: one table of operations, one of arguments.

The words are those of Keras, TensorFlow, JAX, ONNX, Caffe, Darknet, MXNet and of PyTorch's own
functions and blogs. They are written without case, underscores and points, and those of operations
without the number of dimensions, which `{}` stands for.
"""

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import NamedTuple


def _by_word(table: Mapping[str, str]) -> dict[str, str]:
    """Turn a table of words, by what they stand for, into one by word."""
    return {word: ours for ours, words in table.items() for word in words.split()}


_OPERATIONS: Mapping[str, str] = _by_word(
    {
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
        "batch_norm{}": "bn batchnorm batchnormalization syncbatchnorm syncbatchnormalization "
        "syncbn "
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
        "conv_transpose{}": "deconv deconvolution convtranspose transposedconv transposeconv "
        "upconv "
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
        "add": "eltwise plus addn elementwiseadd elemwiseadd addv2 broadcastadd shortcut "
        "residualadd",
        "mul": "multiply times elementwisemul elemwisemul broadcastmul hadamard",
        "sub": "subtract minus elemwisesub",
        "div": "divide truediv truedivide realdiv elemwisediv",
        "mean": "reducemean",
        "sum": "reducesum",
        "amax": "max reducemax",
        "amin": "min reducemin",
        "prod": "reduceprod product",
        "logsumexp": "reducelogsumexp",
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
)

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

_ARGUMENTS: Mapping[str, str] = _by_word(
    {
        "out_channels": "filters nfilters numfilters numfilter channels numchannels outputchannels "
        "outplanes planes outchans cout c2",
        "out_channels out_features": "numoutput nout width",
        "out_features out_channels embedding_dim": "outdim features",
        "embedding_dim out_features": "outputdim",
        "out_features hidden_size": "units numhidden",
        "out_features": "neurons nodes",
        "hidden_size out_features": "numunits",
        "hidden_size": "hiddendim hiddenunits nhid statesize",
        "kernel_size": "kernel k ksize filtersize kernelshape poolsize windowshape windowsize",
        "kernel_size output_size": "size",
        "kernel_size window_size": "window",
        "padding": "p pad paddingsize",
        "groups": "g numgroups featuregroupcount",
        "stride": "s strides subsample windowstrides",
        "padding pad": "pads",
        "pad padding": "paddings",
        "padding_mode padding": "bordermode",
        "dilation": "d dilations dilationrate rhsdilation atrousrate",
        "p dilation": "rate",
        "p": "droprate dropprob dropout dropoutrate dropoutratio prob probability ratio",
        "dim dims start_dim": "axis",
        "dim dims": "axes",
        "dim": "dims dimension concataxis normalizedshape",
        "dims start_dim": "dim",
        "groups num_groups": "group numgroup",
        "num_groups groups": "ngroups",
        "num_groups": "groups",
        "bias": "usebias biasterm withbias hasbias",
        "eps": "epsilon variableepsilon",
        "negative_slope": "slope alpha leak",
        "num_heads": "heads nhead nheads numattentionheads",
        "num_layers": "nlayers",
        "num_embeddings": "vocabsize vocab inputdim ntoken numwords",
        "embedding_dim": "embeddim embedsize embeddingsize dmodel",
        "scale_factor": "scale scales",
        "scale_factor upscale_factor downscale_factor": "factor",
        "upscale_factor downscale_factor": "blocksize",
        "scale_factor upscale_factor": "upsamplefactor",
        "mode": "interpolation method",
        "keepdim": "keepdims",
        "shape": "newshape targetshape",
        "shape output_size": "outputshape",
        "dims": "perm permutation",
        "chunks": "numsplits",
        "split_size_or_sections chunks": "numorsizesplits",
        "min min_val": "minvalue",
        "max max_val": "maxvalue",
        "from": "bottom bottoms source sources reads src f inboundnodes",
        "repeat": "n repeats times number numrepeats",
        "when": "condition enabled",
        "trainable": "requiresgrad",
        "init": "weightinit kernelinitializer initializer",
    }
)
"""Arguments and keys by the words of others; of several of ours, the first that is there."""

UNNEEDED: Mapping[str, str] = _by_word(
    {
        "the batch comes first already": "batchfirst",
        "the channels come second always, as in PyTorch": "dataformat channelslast",
        "where a model lives is no part of its spec": "device",
        "sizes are read off what the layer reads": "inputshape inputsize",
        "channels are read off what the layer reads": "inputchannels inplanes inchannels "
        "numfeatures",
        "features are read off what the layer reads": "infeatures",
        "every size of a batch will do": "batchsize",
        "how a model is trained is no part of its spec": "kernelregularizer weightdecay lr",
    }
)
"""Arguments that say what is so already, or what a spec does not say, and why."""

INITIAL: Mapping[str, str] = _by_word(
    {
        "xavier_uniform": "xavier glorot glorotuniform",
        "xavier_normal": "glorotnormal",
        "kaiming_uniform": "heuniform",
        "kaiming_normal": "henormal kaiming msra",
        "trunc_normal": "truncatednormal",
        "normal": "gaussian randomnormal",
        "uniform": "randomuniform",
        "constant": "fill",
        "zeros": "zero",
        "ones": "one",
        "eye": "identity",
    }
)
"""Rules for initial weights by the names that others give them."""

APART: Mapping[str, str] = _by_word(
    {
        "an activation is a layer of its own, behind this one": "activation act nonlinearity",
        "a normalisation is a layer of its own, behind this one": "norm bn batchnorm "
        "batchnormalize",
        "write `bias: false`": "nobias",
        "write `p`, which is how much is dropped": "keepprob",
        "all places of a sequence are given, in the first of its values": "returnsequences",
        "the last states are given, behind the first of its values": "returnstate",
        "the name of a layer is the key under which it stands": "name",
    }
)
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
    ours, arguments = _WITH.get(stem) or (
        _OPERATIONS.get(stem) or _OPERATIONS.get(plain(name), ""),
        {},
    )
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
