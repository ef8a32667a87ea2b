"""Several interpreters in a process. The package works in one of them and refuses the import in the others, where its
exceptions would be different classes from those that a program catches."""

import subprocess
import sys

import pytest

USE = """
import sys
sys.path[:0] = {path}
try:
    import hudhud
except ImportError as error:
    print("refused:", error, flush=True)
else:
    try:
        hudhud.parse_phone("x")
    except hudhud.PhoneError:
        print("caught", flush=True)
"""
IN_TWO = """
try:
    import _interpreters as interpreters
    make = lambda: interpreters.create("legacy")
except ImportError:
    import _xxsubinterpreters as interpreters
    make = lambda: interpreters.create(isolated=False)
for _ in range(2):
    interpreters.run_string(make(), {use!r})
"""


def printed(code):
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert found.returncode == 0, found.stderr
    return found.stdout.splitlines()


def test_the_second_interpreter_gets_an_import_error_with_advice():
    """Like two mod_wsgi applications in a process: each has its own interpreter, and neither is the main one."""
    first, second = printed(IN_TWO.format(use=USE.format(path=sys.path)))
    assert first == "caught"
    assert second.startswith("refused: hudhud supports only one interpreter per process") and "WSGIApplicationGroup" in second


def test_a_subinterpreter_after_the_main_interpreter_gets_an_import_error():
    code = f"import hudhud\nhudhud.parse_phone('+15551234567')\n{IN_TWO.format(use=USE.format(path=sys.path))}"
    assert all(line.startswith("refused: hudhud supports only one interpreter") for line in printed(code))


def test_an_isolated_interpreter_gets_an_import_error():
    if sys.version_info < (3, 13):
        pytest.skip("Python before 3.13 has no module for isolated interpreters")
    code = f"import _interpreters\n_interpreters.run_string(_interpreters.create(), {USE.format(path=sys.path)!r})"
    [line] = printed(code)
    assert line.startswith("refused: hudhud supports only one interpreter per process")


def test_an_interpreter_may_import_the_package_again():
    code = f"{USE.format(path=sys.path)}\nfor name in [name for name in sys.modules if name.startswith('hudhud')]: del sys.modules[name]\n{USE.format(path=sys.path)}"
    assert all(line == "caught" or "import" in line for line in printed(code))
