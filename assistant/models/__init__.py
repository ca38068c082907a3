"""The models behind the rest: embedder, chat model, prompts, token counts."""
