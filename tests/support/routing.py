"""Each test has an application of its own, all with the same routes: how addresses are built is compiled once.

That compiling is nine tenths of what `create_app` takes, and a test run makes some thousand applications.
"""

from collections.abc import Callable, Hashable
from typing import Any

import pytest
from werkzeug.routing import Rule


def share_url_builders(monkeypatch: pytest.MonkeyPatch) -> None:
    """What werkzeug compiles for a rule depends on nothing but this key: the rule itself comes as an argument."""
    compiled: dict[Hashable, Callable[..., Any]] = {}
    compile_builder = Rule._compile_builder

    def once(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
        key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in compiled:
            compiled[key] = compile_builder(rule, append_unknown)
        return compiled[key]

    monkeypatch.setattr(Rule, "_compile_builder", once)
