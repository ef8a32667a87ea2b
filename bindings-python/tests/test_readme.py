"""The Python code in the READMEs, run unchanged and in order against the sandbox.

The code of one file shares its names. These names are given, because the text introduces them: `headers` and `body` of a
delivery, and `status`, `metrics`.
"""

import ast
import asyncio
import importlib.util
import inspect
import re
import sys
import types
from pathlib import Path
from unittest.mock import MagicMock

import pytest
from hudhud.testing import delivery

ROOT = Path(__file__).parents[2]
SNIPPET = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def snippets(path):
    return SNIPPET.findall((ROOT / path).read_text(encoding="utf-8"))


async def run(code, names):
    """Runs code whose top level may await."""
    result = eval(compile(code, "README.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), names)
    if inspect.isawaitable(result):
        await result


@pytest.mark.parametrize(("path", "count"), [("bindings-python/README.md", 11), ("README.md", 1)])
def test_the_code_in_the_readme_runs(path, count, environment, hudhud_sandbox, monkeypatch, tmp_path):
    # Snippets make a database and a journal.
    monkeypatch.chdir(tmp_path)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    sample = delivery("message.received", secret="whsec_test")
    names = {"headers": sample.headers, "body": sample.body, "metrics": MagicMock(), "status": 201}
    found = snippets(path)
    assert len(found) == count
    if importlib.util.find_spec("_sqlite3") is None:
        # The build of Python 3.10 that the checks download.
        found = [code for code in found if "sqlite3" not in code]

    async def all_of_them():
        # The decoders of recorded responses read a send.
        for code in found:
            if "call.decode(" in code:
                names.update(headers={}, body=b'{"message_id":"m-1"}')
            await run(code, names)

    with pytest.MonkeyPatch.context() as patch:
        # The code of the README runs as a module.
        patch.setitem(sys.modules, "readme", types.ModuleType("readme"))
        names["__name__"] = "readme"
        asyncio.run(all_of_them())
    assert names["sent"].message_id and names["event"] is not None
    if "test_reminders" in names:
        names["test_reminders"](hudhud_sandbox)


def test_the_first_code_says_what_to_do_without_a_session(environment, monkeypatch):
    import hudhud

    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("ZAGELY_SESSION_ID")
    with pytest.raises(hudhud.ValidationError, match=r"session_id.*sessions\.list"):
        asyncio.run(run(snippets("bindings-python/README.md")[0], {}))
