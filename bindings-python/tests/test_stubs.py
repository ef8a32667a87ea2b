"""Compares the stubs of the calls with the signatures of the calls."""

import ast
import inspect
from pathlib import Path

import hudhud
from hudhud import _calls
from hudhud._hudhud import OPERATIONS


def test_each_call_has_the_signature_of_its_stub():
    stub = ast.parse(Path(hudhud.__file__).with_name("_calls.pyi").read_text(encoding="utf-8"))
    groups = {node.name: node for node in stub.body if isinstance(node, ast.ClassDef)}
    seen = 0
    for prefix in "", "Async":
        for operation in OPERATIONS:
            name = f"{prefix}{operation.vendor.capitalize()}{operation.group.title().replace('_', '')}"
            verb = operation.verb + "_" * (operation.verb == "import")
            written = next(node for node in groups[name].body if getattr(node, "name", "") == verb)
            real = getattr(getattr(_calls, name), verb).__signature__.parameters
            keywords = dict(zip((argument.arg for argument in written.args.kwonlyargs), written.args.kw_defaults))
            ids = [argument.arg for argument in written.args.args if argument.arg != "self"]
            assert ids == operation.ids, (name, verb)
            assert {*ids, *keywords, "options"} == set(real), (name, verb)
            assert written.args.kwarg.arg == "options"
            for field, default in keywords.items():
                required = real[field].default is inspect.Parameter.empty
                absent = real[field].default is hudhud.ABSENT
                assert (default is None) == required, (name, verb, field)
                if not required:
                    assert (default.value is ...) == absent, (name, verb, field)
            seen += 1
    assert seen == 2 * 57
