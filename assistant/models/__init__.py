"""The models behind the rest: embedder, cross-encoder, chat model, prompts, token counts."""
