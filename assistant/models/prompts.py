"""Prompts are text, not code: one TOML file a task, checked when it is read.

In a wheel they lie in ``assistant/_prompts``; in a checkout in ``prompts/``.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from string import Template

from ..errors import PromptError
from .ports import Message

_PACKAGE = Path(__file__).resolve().parent.parent
_FILLED = {
    "answer": {"sentinel", "sources", "question"},
    "cards": {"sources"},
    "condense": {"history", "question"},
    "question": {"title", "abstract", "answer"},
    "summary_outline": {"most", "subject", "papers"},
    "summary_overview": {"subject", "papers", "themes"},
    "summary_relations": {"subject", "papers"},
    "summary_theme": {"subject", "papers", "theme"},
    "tldr": {"sentinel", "source"},
    "topics": {"topics"},
    "verify": {"claims"},
}
"""What is filled in of each prompt: a file that wants more, or leaves something out, is refused when read."""
_HINT = "Restore it from the release, or mend it (prompts/README.md tells the form)."
_KEYS = {"purpose", "variables", "system", "user"}


def prompts_folder() -> Path:
    """The folder that the prompts are read from."""
    shipped = _PACKAGE / "_prompts"
    return shipped if shipped.is_dir() else _PACKAGE.parent / "prompts"


@dataclass(frozen=True, slots=True)
class Prompt:
    """A task for a language model: ``variables`` explains each ``$name`` of ``system`` and ``user``."""

    name: str
    purpose: str
    variables: dict[str, str]
    system: str
    user: str

    @classmethod
    def load(cls, name: str, folder: Path | None = None) -> Prompt:
        """Read ``<folder>/<name>.toml``.

        Raises:
            PromptError: missing, not TOML, a key missing or unknown, a ``$name`` in the text that
                ``variables`` does not declare, or the other way round, or other variables than are filled in.
        """
        path = (folder or prompts_folder()) / f"{name}.toml"
        hint = _HINT
        try:
            data = tomllib.loads(path.read_text("utf-8"))
        except OSError as error:
            raise PromptError(f"The prompt {path} cannot be read: {error.strerror}.", hint) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise PromptError(f"The prompt {path} is not valid TOML: {error}.", hint) from None
        if missing := sorted(_KEYS - data.keys()):
            raise PromptError(f"The prompt {path} has no {_listed(missing)}.", hint)
        if unknown := sorted(data.keys() - _KEYS):
            raise PromptError(f"The prompt {path} has keys that mean nothing: {_listed(unknown)}.", hint)
        if not (
            all(isinstance(data[key], str) for key in ("purpose", "system", "user"))
            and isinstance(data["variables"], dict)
        ):
            raise PromptError(f"In the prompt {path}, variables is a table and the rest is text.", hint)
        prompt = cls(name, data["purpose"], data["variables"], data["system"], data["user"])
        prompt._check(path, hint)
        return prompt

    def _check(self, path: Path, hint: str) -> None:
        templates = [Template(self.system), Template(self.user)]
        if not all(template.is_valid() for template in templates):
            raise PromptError(f"The prompt {path} has a lone $; write $$ for the sign itself.", hint)
        used = {name for template in templates for name in template.get_identifiers()}
        if unknown := sorted(used - self.variables.keys()):
            raise PromptError(
                f"The prompt {path} uses variables that it does not declare: {_listed(unknown)}.", hint
            )
        filled = _FILLED.get(self.name, self.variables.keys())
        if unfilled := sorted(self.variables.keys() - filled):
            raise PromptError(
                f"The prompt {path} wants variables that nothing fills in: {_listed(unfilled)}.", hint
            )
        if missing := sorted(filled - self.variables.keys()):
            raise PromptError(
                f"The prompt {path} lacks variables that it is to tell: {_listed(missing)}.", hint
            )
        if unused := sorted(self.variables.keys() - used):
            raise PromptError(
                f"The prompt {path} declares variables that it does not use: {_listed(unused)}.", hint
            )

    def render(self, **values: str) -> list[Message]:
        """The messages, with every variable filled in; what a value holds is never read as a variable.

        Raises:
            PromptError: naming all variables that are missing, or all that the prompt does not have.
        """
        if missing := sorted(self.variables.keys() - values.keys()):
            raise PromptError(
                f"The prompt {self.name} needs {_listed(missing)}, which nothing here fills in.", _HINT
            )
        if unknown := sorted(values.keys() - self.variables.keys()):
            raise PromptError(
                f"The prompt {self.name} has no variable {_listed(unknown)}, which is to be told.", _HINT
            )
        return [
            Message("system", Template(self.system).substitute(values).strip()),
            Message("user", Template(self.user).substitute(values).strip()),
        ]


def _listed(names: list[str]) -> str:
    return ", ".join(names)
