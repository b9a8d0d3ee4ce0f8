"""VisionTransformer in PyTorch, written by archspec 0.1.0."""

from collections import OrderedDict

import torch
from torch import nn


class EncoderLayer(nn.Module):
    """The block `encoder_layer` of VisionTransformer."""

    def __init__(
        self,
        in_features: int,
        num_heads: int = 12,
        mlp_dim: int = 3072,
        dropout: float = 0.0,
        attention_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.ln_1 = nn.LayerNorm(in_features, eps=1e-06)
        self.self_attention = nn.MultiheadAttention(
            in_features, num_heads, dropout=attention_dropout, batch_first=True
        )
        self.dropout = nn.Dropout(p=dropout)
        self.ln_2 = nn.LayerNorm(in_features, eps=1e-06)
        self.mlp = nn.Sequential(
            nn.Linear(in_features, mlp_dim),
            nn.GELU(),
            nn.Dropout(p=dropout),
            nn.Linear(mlp_dim, in_features),
            nn.Dropout(p=dropout),
        )
        nn.init.xavier_uniform_(self.get_parameter("mlp.0.weight"))
        nn.init.normal_(self.get_parameter("mlp.0.bias"), std=1e-06)
        nn.init.xavier_uniform_(self.get_parameter("mlp.3.weight"))
        nn.init.normal_(self.get_parameter("mlp.3.bias"), std=1e-06)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        x: torch.Tensor = self.ln_1(input)
        dropout = self.dropout(self.self_attention(x, x, x, need_weights=False)[0])
        add_1 = dropout + input
        x = self.ln_2(add_1)
        x = add_1 + self.mlp(x)
        return x


class Encoder(nn.Module):
    """The group `encoder` of VisionTransformer."""

    def __init__(
        self,
        in_channels: int,
        in_features: int,
        depth: int = 12,
        num_heads: int = 12,
        mlp_dim: int = 3072,
        dropout: float = 0.0,
        attention_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.pos_embedding = nn.Parameter(torch.zeros(1, in_channels, in_features))
        self.dropout = nn.Dropout(p=dropout)
        self.layers = nn.Sequential(
            OrderedDict(
                [
                    *(
                        (
                            f"encoder_layer_{index}",
                            EncoderLayer(
                                in_features,
                                num_heads=num_heads,
                                mlp_dim=mlp_dim,
                                dropout=dropout,
                                attention_dropout=attention_dropout,
                            ),
                        )
                        for index in range(depth)
                    ),
                ]
            )
        )
        self.ln = nn.LayerNorm(in_features, eps=1e-06)
        nn.init.normal_(self.pos_embedding, std=0.02)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        x: torch.Tensor = self.dropout(input + self.pos_embedding)
        x = self.ln(self.layers(x))
        return x


class VisionTransformer(nn.Module):
    """VisionTransformer: takes N×3×224×224, gives N×1000.

    A transformer encoder over the patches of an image, which a class token reads from.

    https://arxiv.org/abs/2010.11929

    Built for image_size = 224, patch_size = 16.
    """

    def __init__(
        self,
        depth: int = 12,
        num_heads: int = 12,
        hidden_dim: int = 768,
        mlp_dim: int = 3072,
        dropout: float = 0.0,
        attention_dropout: float = 0.0,
        num_classes: int = 1000,
    ) -> None:
        super().__init__()
        self.conv_proj = nn.Conv2d(3, hidden_dim, 16, stride=16)
        self.flatten = nn.Flatten(start_dim=2)
        self.class_token = nn.Parameter(torch.zeros(1, 1, hidden_dim))
        self.encoder = Encoder(
            197,
            hidden_dim,
            depth=depth,
            num_heads=num_heads,
            mlp_dim=mlp_dim,
            dropout=dropout,
            attention_dropout=attention_dropout,
        )
        self.heads = nn.Sequential(
            OrderedDict(
                [
                    ("head", nn.Linear(hidden_dim, num_classes)),
                ]
            )
        )
        nn.init.trunc_normal_(
            self.conv_proj.weight,
            std=(
                self.conv_proj.in_channels
                * self.conv_proj.kernel_size[0]
                * self.conv_proj.kernel_size[1]
            )
            ** (-0.5),
        )
        if self.conv_proj.bias is not None:
            nn.init.zeros_(self.conv_proj.bias)
        nn.init.zeros_(self.get_parameter("heads.head.weight"))
        nn.init.zeros_(self.get_parameter("heads.head.bias"))

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        patches = self.flatten(self.conv_proj(input)).permute(0, 2, 1)
        token = self.class_token.expand(input.shape[0], -1, -1)
        x: torch.Tensor = torch.cat((token, patches), dim=1)
        x = self.encoder(x)[:, 0]
        x = self.heads(x)
        return x
