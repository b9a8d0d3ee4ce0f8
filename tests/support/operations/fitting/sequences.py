"""Dense layers, embeddings, attention and recurrent layers."""

from collections.abc import Callable
from random import Random
from typing import Any

from archspec.sizes import Shape, Tensor
from support.operations.fitting.kinds import SIZES, Arguments, Fitting, Inputs, ranked, shape
from support.operations.stricter import Known, Rule, Stricter

# --- inputs -----------------------------------------------------------------------------------


def _indices(random: Random) -> Inputs:
    return (Tensor(shape(random, random.randint(1, 4)), _integers(random)),)


def _integers(random: Random) -> str:
    return random.choice(("int64", "int64", "int32"))


def _bags(random: Random) -> Inputs:
    """Draw rows of numbers, or numbers and where each bag begins; at times factors for them."""
    dtype = _integers(random)
    bags = shape(random, random.choice((1, 2)))
    offsets = () if len(bags) == 2 else (Tensor((random.choice((2, 3, 4)),), _integers(random)),)
    factors = (Tensor(bags),) if random.random() < 0.5 else ()
    return (Tensor(bags, dtype), *offsets, *factors)


def _pair(random: Random) -> Inputs:
    """Draw two values that differ in their last dimension."""
    *front, first = shape(random, random.choice((1, 2, 2, 3, 4)))
    return Tensor((*front, first)), Tensor((*front, random.choice(SIZES)))


def _attended(random: Random) -> Inputs:
    """Draw one value for all, or a query, keys and values that may have other features; masks."""
    batch, length, features, other = shape(random, 4)
    query = Tensor((batch, length, features))
    if random.random() < 0.5:
        return (query, *_masks(random, query, query))
    key = Tensor((batch, random.choice((length, 3)), random.choice((features, other))))
    value = Tensor((*key.shape[:2], random.choice((features, other))))
    return (query, key, value, *_masks(random, query, key))


def _masks(random: Random, query: Tensor, key: Tensor) -> Inputs:
    """Draw a mask of the keys, of pairs, both or none."""
    pairs: Shape = (query.shape[1], key.shape[1])
    heads: Shape = (query.batch * random.choice((1, 2)), *pairs)
    drawn = ((key.batch, key.shape[1]), random.choice((pairs, heads)))
    dtypes = ("bool", "bool", "float32", "float32", "int64")
    return tuple(Tensor(sizes, random.choice(dtypes)) for sizes in drawn if random.random() < 0.35)


def _heads_of_attention(random: Random) -> Inputs:
    """Draw queries, keys, values and perhaps a mask; now and then keys have fewer heads."""
    batch, (queries, keys, inner) = shape(random, random.choice((0, 1, 2, 2))), shape(random, 3)
    columns = random.choice((inner, *SIZES))
    shared = _fewer_heads(random, batch) if random.random() < 0.5 else batch
    inputs = [
        Tensor((*batch, queries, inner)),
        Tensor((*shared, keys, inner)),
        Tensor((*shared, keys, columns)),
    ]
    if random.random() < 0.4:
        inputs.append(_mask(random, (*batch, queries, keys)))
    return tuple(inputs)


def _fewer_heads(random: Random, batch: Shape) -> Shape:
    heads = [n for n in SIZES if batch and int(str(batch[-1])) % n == 0]
    return (*batch[:-1], random.choice(heads)) if heads else batch


def _mask(random: Random, shape: Shape) -> Tensor:
    kept = shape[-2:] if random.random() < 0.5 else _broadcasting(random, shape)
    return Tensor(kept, random.choice(("bool", "float32", "int64")))


def _broadcasting(random: Random, batch: Shape) -> Shape:
    kept = tuple(1 if random.random() < 0.2 else size for size in batch)
    return kept[1:] if random.random() < 0.1 else kept


def _sequence(states: int) -> Callable[[Random], Inputs]:
    """Draw a sequence, and at times the states to begin with."""

    def inputs(random: Random) -> Inputs:
        (x,) = ranked(3)(random)
        layers, hidden = random.choice((1, 2, 4)), random.choice((1, 2, 3))
        given = (Tensor((layers, x.batch, hidden)),) * states
        return (x, *given) if random.random() < 0.4 else (x,)

    return inputs


def _map(random: Random) -> Inputs:
    """Draw a map whose features come last."""
    features = random.choice((2, 4, 6, 8))
    return (Tensor((*shape(random, 3), features)),)


# --- arguments --------------------------------------------------------------------------------


def _of_masks(random: Random, inputs: Inputs) -> Arguments:
    """Say which masks there are, as far as the inputs tell it."""
    masks = inputs[3:] if all(x.rank == 3 for x in inputs[:3]) and len(inputs) > 2 else inputs[1:]
    padding = len(masks) == 2 or (len(masks) == 1 and masks[0].rank == 2 and random.random() < 0.6)
    pairs = len(masks) == 2 or (len(masks) == 1 and not padding)
    size = int(str(inputs[0].features))
    heads = random.choice([n for n in (1, 2, 3, 4) if size % n == 0])
    causal = not pairs and random.random() < 0.3
    named = {"key_padding_mask": padding, "attn_mask": pairs, "is_causal": causal}
    return {**named, "num_heads": heads} if random.random() < 0.9 else named


def _of_bags(random: Random, inputs: Inputs) -> Arguments:
    if inputs[-1].dtype == "float32":
        return {"mode": "sum", "per_sample_weights": True}
    return {"per_sample_weights": False}


def _of_states(random: Random, inputs: Inputs) -> Arguments:
    """Take as many layers and features as the states have."""
    if len(inputs) == 1 or inputs[1].rank != 3:
        return {"hidden_size": random.randint(1, 5)}
    layers, _, hidden = map(int, map(str, inputs[1].shape))
    both = layers % 2 == 0 and random.random() < 0.5
    sizes = {"hidden_size": hidden, "num_layers": layers // 2 if both else layers}
    return {**sizes, "bidirectional": both}


def _of_projected(random: Random, inputs: Inputs) -> Arguments:
    size = random.choice((0, 0, 1, 2))
    return {**_of_states(random, inputs), "proj_size": size if len(inputs) == 1 else 0}


def _of_windows(random: Random, inputs: Inputs) -> Arguments:
    least = random.choice((1, 2))
    sizes = {"window_size": random.choice((2, 3, [2, 4], [least, 3]))}
    return {**sizes, "shift_size": random.choice((0, 1, 2, [0, 1], 3)), "num_heads": 2}


# --- what we refuse ---------------------------------------------------------------------------


def _without_batch(case: Any) -> bool:
    return bool(case.inputs[0].rank == 2)


def _of_half_masks(case: Any) -> bool:
    named = sum(case.given.get(name) is True for name in ("key_padding_mask", "attn_mask"))
    masks = case.inputs[len(case.inputs) - named :]
    return any(mask.dtype in ("float16", "bfloat16") for mask in masks)


def _of_truths(case: Any) -> bool:
    return any(tensor.dtype == "bool" for tensor in case.inputs)


def _crash(case: Any) -> bool:
    """Say whether it ends the process: PyTorch takes the largest rows of no bag."""
    offsets = [x for x in case.inputs[1:] if x.shape == (1,)]
    return bool(offsets) and case.given.get("include_last_offset") is True


CRASHING = {"embedding_bag": _crash}

FITTING = {
    "bilinear": Fitting(_pair),
    "embedding": Fitting(_indices),
    "embedding_bag": Fitting(_bags, _of_bags),
    "gru": Fitting(_sequence(1), _of_states),
    "lstm": Fitting(_sequence(2), _of_projected),
    "multihead_attention": Fitting(_attended, _of_masks),
    "rnn": Fitting(_sequence(1), _of_states),
    "scaled_dot_product_attention": Fitting(_heads_of_attention),
    "shifted_window_attention": Fitting(_map, _of_windows),
    "shifted_window_attention_v2": Fitting(_map, _of_windows),
}

_RECURRENT = ("gru", "lstm", "rnn")
_DENSE = ("bilinear", "linear")
_TABLES = ("embedding", "embedding_bag")
_WINDOWS = ("shifted_window_attention", "shifted_window_attention_v2")

STRICTER: Known = {
    ("multihead_attention", "rank-mismatch"): Stricter(Rule.BATCH, _without_batch),
    **{(name, "rank-mismatch"): Stricter(Rule.BATCH, _without_batch) for name in _RECURRENT},
    **{(name, "greater_than_equal"): Stricter(Rule.EMPTY) for name in (*_TABLES, *_DENSE)},
    **{(name, "finite_number"): Stricter(Rule.FINITE) for name in _TABLES},
    **{(name, "greater_than"): Stricter(Rule.FINITE) for name in _TABLES},
    ("multihead_attention", "finite_number"): Stricter(Rule.FINITE),
    ("multihead_attention", "greater_than_equal"): Stricter(Rule.TRAINING),
    ("multihead_attention", "less_than_equal"): Stricter(Rule.TRAINING),
    # A mask of another precision is added by some kernels, and refused by others.
    ("multihead_attention", "wrong-dtype"): Stricter(Rule.FORM, _of_half_masks),
    # PyTorch takes truth values for indices beside integers, not alone.
    ("embedding_bag", "wrong-dtype"): Stricter(Rule.FORM, _of_truths),
    # Without a word for it, a third value is no factor of the numbers.
    ("embedding_bag", "wrong-arity"): Stricter(Rule.FORM),
    # A probability is at least 0.
    ("scaled_dot_product_attention", "greater_than_equal"): Stricter(Rule.UNSEEN),
    # A shift is a distance, and distances are divided by the largest.
    **{(name, "out_of_range"): Stricter(Rule.FINITE) for name in _WINDOWS},
}
