"""The operations by family, a file each; a file is loaded when a spec names an operation of it."""

from collections.abc import Mapping

FAMILIES: Mapping[str, str] = {
    "activation": (
        "relu relu6 gelu silu mish hardswish sigmoid tanh hardsigmoid log_sigmoid softplus "
        "softsign tanhshrink elu celu selu leaky_relu rrelu prelu hardtanh hardshrink softshrink "
        "threshold glu softmax softmax2d softmin log_softmax"
    ),
    "arithmetic": "add mul sub div maximum minimum",
    "attention": "multihead_attention scaled_dot_product_attention",
    "channel_pooling": "avg_channel_pool max_channel_pool",
    "comparison": "eq ne gt lt ge le logical_and logical_or logical_xor logical_not",
    "convolution": (
        "conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d filter2d"
    ),
    "creation": "constant arange parameter",
    "deformable": "deform_conv2d",
    "dropout": (
        "dropout dropout1d dropout2d dropout3d alpha_dropout feature_alpha_dropout stochastic_depth"
    ),
    "embedding": "embedding embedding_bag one_hot",
    "image": "pixel_shuffle pixel_unshuffle channel_shuffle fold unfold pad",
    "indexing": (
        "select slice narrow split chunk unbind gather index_select scatter repeat_interleave"
    ),
    "joining": "cat stack where masked_fill",
    "linear": "identity linear bilinear matmul einsum",
    "normalisation": (
        "batch_norm1d batch_norm2d batch_norm3d instance_norm1d instance_norm2d instance_norm3d "
        "group_norm layer_norm rms_norm local_response_norm normalize"
    ),
    "pointwise": "abs cos exp log neg rsqrt sign sin sqrt clamp pow",
    "pooling": (
        "avg_pool1d avg_pool2d avg_pool3d max_pool1d max_pool2d max_pool3d adaptive_avg_pool1d "
        "adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool2d "
        "adaptive_max_pool3d lp_pool1d lp_pool2d lp_pool3d"
    ),
    "recurrent": "rnn gru lstm",
    "reduction": (
        "mean sum amax amin argmax argmin all any prod std var vector_norm logsumexp topk "
        "cumsum cumprod"
    ),
    "resampling": "upsample interpolate affine_grid grid_sample roi_align",
    "reshaping": "flatten unflatten reshape permute transpose squeeze unsqueeze expand flip roll",
    "unpooling": "max_unpool1d max_unpool2d max_unpool3d",
    "window_attention": "shifted_window_attention shifted_window_attention_v2",
}
"""Which operations stand in which file, by their names in a spec: naming them loads none."""
