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
            real = getattr(getattr(_calls, name), verb).__signature__.parameters
            forms = forms_of(groups, name, verb)
            for written in forms:
                keywords = dict(zip((argument.arg for argument in written.args.kwonlyargs), written.args.kw_defaults))
                ids = [argument.arg for argument in written.args.args if argument.arg != "self"]
                assert ids == operation.ids, (name, verb)
                assert {*ids, *keywords, "options"} == set(real), (name, verb)
                assert written.args.kwarg.arg == "options"
                assert written.args.kwarg.annotation.slice.id == ("KeyedOptions" if operation.keyed else "Options")
                for field, default in keywords.items():
                    required = real[field].default is inspect.Parameter.empty
                    absent = real[field].default is hudhud.ABSENT
                    # A form of a call can require more than the call itself.
                    assert (default is None) == required or (default is None and len(forms) > 1), (name, verb, field)
                    if default is not None:
                        assert (default.value is ...) == absent, (name, verb, field)
            seen += 1
    assert seen == 2 * 57


def forms_of(groups, name, verb):
    """Returns the function of a call, or its overloads."""
    for node in groups[name].body:
        if isinstance(node, ast.FunctionDef) and node.name == verb:
            return [node]
        if isinstance(node, ast.AnnAssign) and node.target.id == verb:
            methods = groups[node.annotation.value.id].body
            forms = [each for each in methods if isinstance(each, ast.FunctionDef) and each.name == "__call__"]
            assert len(forms) > 1
            return forms
    raise AssertionError((name, verb))


def test_calls_with_conditions_have_a_form_for_each():
    stub = ast.parse(Path(hudhud.__file__).with_name("_calls.pyi").read_text(encoding="utf-8"))
    groups = {node.name: node for node in stub.body if isinstance(node, ast.ClassDef)}
    required = [
        {argument.arg for argument, default in zip(form.args.kwonlyargs, form.args.kw_defaults) if default is None}
        for form in forms_of(groups, "ZagelyMessages", "send")
    ]
    assert required == [{"to", "message"}, {"channel", "message"}, {"to", "type", "media_url"}, {"channel", "type", "media_url"}]
