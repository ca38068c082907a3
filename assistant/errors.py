"""Every error a user can meet.

AssistantError                    one sentence on what is wrong, and the next step
├── UsageError                    the call itself is wrong (exit code 2)
│   ├── QuestionError             empty or too long
│   ├── PaperNameError            names no paper of the collection, or several
│   ├── SavedFileError            a saved conversation or trace that cannot be read
│   ├── QuestionFileError         a file of questions to be evaluated that cannot be used
│   └── SettingsError             a setting that cannot be used
├── CollectionError               a file of papers that cannot be read (exit code 2)
├── SourceError                   an online source of papers that did not give them
├── PromptError                   a prompt file with a missing or unknown variable
├── IndexStoreError               the index on disk
│   ├── IndexNotFoundError        there is none yet (exit code 2)
│   ├── IndexLockedError          another process owns it
│   ├── IndexMismatchError        made by another embedder or format version
│   ├── IndexDamagedError         what is on disk is not what the manifest says
│   ├── IndexWriteError           the disk is full or read-only
│   └── IndexServerError          the Chroma server did not answer, or refused
└── ModelError                    a language or embedding model that did not answer
    ├── ModelAuthError            401, 403
    ├── ModelNotFoundError        404
    ├── ModelRequestError         400: context too long, parameter refused
    ├── ModelRateLimitError       429 after the retries
    ├── ModelUnavailableError     no connection, 5xx after the retries
    ├── ModelTimeoutError         no reply in time
    ├── ModelReplyError           a reply that is not of the protocol, or of no use
    ├── ModelBudgetError          the call would go beyond a budget of tokens; it was not made
    └── ModelCutError             the stream ended before the model said it was done

The message never holds a key: nothing here quotes a request, only what went wrong.
"""

from __future__ import annotations


class AssistantError(Exception):
    """The root of the tree: ``message`` says what is wrong and where, ``hint`` what to do next."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        """Keep message and hint apart, so that a page can set them differently."""
        super().__init__(f"{message} {hint}".strip())
        self.message = message
        self.hint = hint


class UsageError(AssistantError):
    """The call itself is wrong."""

    exit_code = 2


class QuestionError(UsageError):
    """A question that is empty or too long."""


class PaperNameError(UsageError):
    """What was given names no paper, or several; ``candidates`` are ids and titles of those it may mean."""

    def __init__(self, message: str, hint: str = "", *, candidates: tuple[tuple[str, str], ...] = ()) -> None:
        """Carry the candidates beside the message."""
        super().__init__(message, hint)
        self.candidates = candidates


class SavedFileError(UsageError):
    """A saved conversation or trace that cannot be read; says where in the file."""


class QuestionFileError(UsageError):
    """A file of questions to be evaluated that cannot be used; says which line, and why."""


class SettingsError(UsageError):
    """A setting that cannot be used; names the setting, never its value where it may be secret."""


class CollectionError(AssistantError):
    """A file of papers that cannot be read at all."""

    exit_code = 2


class SourceError(AssistantError):
    """An online source of papers that could not be reached, refused, or has nothing of that kind."""


class PromptError(AssistantError):
    """A prompt file that is missing, malformed, or whose variables do not match its text."""


class IndexStoreError(AssistantError):
    """Something about the index on disk."""


class IndexNotFoundError(IndexStoreError):
    """There is no index in that place yet."""

    exit_code = 2


class IndexLockedError(IndexStoreError):
    """Another process owns the index; ``owner`` says which, as far as it can be known."""

    def __init__(self, message: str, hint: str = "", *, owner: str = "") -> None:
        """Carry the owner beside the message."""
        super().__init__(message, hint)
        self.owner = owner


class IndexMismatchError(IndexStoreError):
    """The index was made by another embedder or another format version."""


class IndexDamagedError(IndexStoreError):
    """What is on disk is not what the manifest says."""


class IndexWriteError(IndexStoreError):
    """The disk refused a write: full, read-only, or without permission."""


class IndexServerError(IndexStoreError):
    """The Chroma server could not be reached, refused the token, or failed; names its address only."""


class ModelError(AssistantError):
    """A language or embedding model that did not answer as it should."""


class ModelAuthError(ModelError):
    """The endpoint refused the key."""


class ModelNotFoundError(ModelError):
    """The endpoint does not know the model, or there is no such endpoint."""


class ModelRequestError(ModelError):
    """The endpoint refused the request: too long, or a parameter it does not take."""


class ModelRateLimitError(ModelError):
    """Too many requests, still so after the retries."""


class ModelUnavailableError(ModelError):
    """The endpoint could not be reached, or failed, still so after the retries."""


class ModelTimeoutError(ModelError):
    """No reply within the time limit."""


class ModelReplyError(ModelError):
    """The reply was not one of the protocol, or is of no use."""


class ModelBudgetError(ModelError):
    """The call would go beyond a budget of tokens, and was not made."""


class ModelCutError(ModelError):
    """The stream ended before the model said that it was done."""
