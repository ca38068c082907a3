"""How the page looks: a theme with the fonts of the reader's own machine, our style sheet and script."""

from __future__ import annotations

import json
from pathlib import Path

import gradio as gr

_STATIC = Path(__file__).parent / "static"
_FONT = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "DejaVu Sans", "sans-serif")
_MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "DejaVu Sans Mono", "monospace")


def theme() -> gr.themes.Base:
    """A calm theme, light and dark, that loads no font."""
    soft = gr.themes.Soft(
        primary_hue="indigo", secondary_hue="indigo", neutral_hue="slate", font=_FONT, font_mono=_MONO
    )
    # The theme's own grey has a contrast of 2.6 on white; small text needs 4.5. Assigned one by one:
    # ``set`` would put everything it is not given back to the base theme's value.
    soft.body_text_color_subdued = "*neutral_600"
    soft.body_text_color_subdued_dark = "*neutral_400"
    soft.input_placeholder_color = "*neutral_500"
    soft.input_placeholder_color_dark = "*neutral_400"
    # White on the theme's own indigo has 4.47.
    soft.button_primary_background_fill = soft.checkbox_label_background_fill_selected = "*primary_600"
    soft.button_primary_background_fill_hover = "*primary_700"
    # The edge of a box that is ticked needs 3 against what is around it.
    soft.checkbox_border_color = soft.checkbox_border_color_dark = "*neutral_500"
    soft.checkbox_label_border_width = soft.checkbox_label_border_width_dark = "1px"
    soft.checkbox_label_border_color = soft.checkbox_label_border_color_dark = "*border_color_primary"
    soft.checkbox_label_shadow = "none"
    # Labels are words above a field, not buttons.
    soft.block_title_background_fill = soft.block_label_background_fill = "transparent"
    soft.block_title_background_fill_dark = soft.block_label_background_fill_dark = "transparent"
    soft.block_title_text_color = soft.block_label_text_color = "*body_text_color_subdued"
    soft.block_title_text_color_dark = soft.block_label_text_color_dark = "*body_text_color_subdued"
    soft.block_title_text_weight = soft.block_label_text_weight = "400"
    soft.block_title_text_size = soft.block_label_text_size = "*text_sm"
    soft.block_title_padding = soft.block_label_padding = "0"
    return soft


def style_sheet() -> str:
    """Our rules over the theme's."""
    return "\n".join((_STATIC / name).read_text(encoding="utf-8") for name in ("page.css", "ask.css"))


def head(run: str) -> str:
    """What has to execute before the page sends its first request; ``run`` is the start of the program."""
    code = (_STATIC / "tab.js").read_text(encoding="utf-8").strip()
    return f"<script>({code})({json.dumps(run)});</script>"


def script() -> str:
    """Makes a citation mark lead to its source, and the like; fixed code that takes only ids from data."""
    parts = ((_STATIC / name).read_text(encoding="utf-8").strip() for name in ("page.js", "ask.js", "map.js"))
    return f"() => {{ {' '.join(f'({part})();' for part in parts)} }}"
