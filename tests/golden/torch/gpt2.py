"""GPT2 in PyTorch, written by archspec 0.1.0."""

import torch
from torch import nn


class ByHead(nn.ModuleList):
    """The block `by_head` of GPT2."""

    def __init__(self) -> None:
        super().__init__([nn.Unflatten(2, (12, -1))])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self[0](x).transpose(1, 2)
        return x


class Attention(nn.Module):
    """The block `attention` of GPT2."""

    def __init__(self, in_features: int, depth: int = 12, dropout: float = 0.1) -> None:
        super().__init__()
        self.depth = depth
        self.c_attn = nn.Linear(in_features, 2304)
        self.query = ByHead()
        self.key = ByHead()
        self.value = ByHead()
        self.join = nn.Flatten(start_dim=2)
        self.c_proj = nn.Linear(768, 768)
        self.dropout = nn.Dropout(p=dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        split_0, split_1, split_2 = self.c_attn(x).split(768, dim=2)
        query = self.query(split_0)
        key = self.key(split_1)
        value = self.value(split_2)
        x = nn.functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        x = self.join(x.transpose(1, 2))
        x = self.dropout(self.c_proj(x))
        return x


class Mlp(nn.Module):
    """The block `mlp` of GPT2."""

    def __init__(self, in_features: int, depth: int = 12, dropout: float = 0.1) -> None:
        super().__init__()
        self.depth = depth
        self.c_fc = nn.Linear(in_features, 3072)
        self.act = nn.GELU(approximate="tanh")
        self.c_proj = nn.Linear(3072, 768)
        self.dropout = nn.Dropout(p=dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.act(self.c_fc(x))
        x = self.dropout(self.c_proj(x))
        return x


class Decoder(nn.Module):
    """The block `decoder` of GPT2."""

    def __init__(self, in_features: int, depth: int = 12, dropout: float = 0.1) -> None:
        super().__init__()
        self.ln_1 = nn.LayerNorm(in_features)
        self.attn = Attention(in_features, depth=depth, dropout=dropout)
        self.ln_2 = nn.LayerNorm(in_features)
        self.mlp = Mlp(in_features, depth=depth, dropout=dropout)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        x: torch.Tensor = self.ln_1(input)
        add1 = input + self.attn(x)
        x = self.ln_2(add1)
        x = add1 + self.mlp(x)
        return x


class Transformer(nn.Module):
    """The group `transformer` of GPT2."""

    def __init__(
        self, vocabulary: int = 50257, context: int = 1024, depth: int = 12, dropout: float = 0.1
    ) -> None:
        super().__init__()
        self.context = context
        self.wte = nn.Embedding(vocabulary, 768)
        self.wpe = nn.Embedding(context, 768)
        self.drop = nn.Dropout(p=dropout)
        self.h = nn.Sequential(*(Decoder(768, depth=depth, dropout=dropout) for _ in range(depth)))
        self.ln_f = nn.LayerNorm(768)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        wte = self.wte(input)
        places = torch.arange(self.context, device=input.device)
        x: torch.Tensor = self.drop(wte + self.wpe(places.narrow(0, 0, input.shape[1])))
        x = self.ln_f(self.h(x))
        return x


class GPT2(nn.Module):
    """GPT2: takes N×T, gives N×T×50257.

    GPT-2, a decoder whose head has the weight of the token embedding; the small one of 12
    blocks.

    https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf

    Built for heads = 12.
    """

    def __init__(
        self, vocabulary: int = 50257, context: int = 1024, depth: int = 12, dropout: float = 0.1
    ) -> None:
        super().__init__()
        self.transformer = Transformer(
            vocabulary=vocabulary, context=context, depth=depth, dropout=dropout
        )
        self.lm_head = nn.Linear(768, vocabulary, bias=False)
        self.lm_head.weight = self.transformer.wte.weight
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, std=0.02)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
            elif isinstance(module, nn.Embedding):
                nn.init.normal_(module.weight, std=0.02)
        for module in self.modules():
            if isinstance(module, (Attention, Mlp)):
                nn.init.normal_(module.c_proj.weight, std=0.02 / (2 * module.depth) ** 0.5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.transformer(x)
        x = self.lm_head(x)
        return x
