"""The calls that programs make: whatever JSON comes in, a result or a sentence comes out."""

from __future__ import annotations

import json
from contextlib import nullcontext

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import Assistant, AssistantError
from assistant.calls import Call, calls_of, is_event

UNKNOWN = "x" * 200
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300)
values = scalars | st.sampled_from(["graph neural networks", "brief", "2020", "\ud800", "\x00", 2020, 8])
values |= st.lists(scalars, max_size=3) | st.dictionaries(st.text(max_size=5), scalars, max_size=3)


def by_name(assistant: Assistant) -> dict[str, Call]:
    return {call.name: call for call in calls_of(lambda: nullcontext(assistant))}


@settings(max_examples=150)
@given(st.sampled_from(["ask", "search", "summarize"]), st.data())
def test_any_json_gives_a_result_or_a_sentence(sample: Assistant, name: str, data: st.DataObject) -> None:
    call = by_name(sample)[name]
    first, *_ = known = list(call.signature.parameters)
    arguments = data.draw(st.dictionaries(st.sampled_from([*known, *known, UNKNOWN]), values, max_size=3))
    try:
        *events, result = call.events({first: "graphs", **arguments})
    except AssistantError as error:
        assert "\n" not in str(error)
        assert len(str(error)) < 300
        return
    assert all(map(is_event, events))
    assert not is_event(result)
    json.dumps([*events, result]).encode()


def test_a_schema_is_of_the_call_it_describes(sample: Assistant) -> None:
    for call in by_name(sample).values():
        assert list(call.schema["properties"]) == list(call.signature.parameters)
        assert call.schema["additionalProperties"] is False
        assert call.description
        json.dumps(call.schema)


def test_what_is_lent_is_given_back_when_a_call_is_left(sample: Assistant) -> None:
    class Lent:
        users = 0

        def __enter__(self) -> Assistant:
            self.users += 1
            return sample

        def __exit__(self, *_: object) -> None:
            self.users -= 1

    lent = Lent()
    [ask, *_] = calls_of(lambda: lent)
    events = ask.events({"question": "What causes over-squashing?"})
    assert lent.users == 0
    assert is_event(next(events))
    assert lent.users == 1
    events.close()
    assert lent.users == 0
