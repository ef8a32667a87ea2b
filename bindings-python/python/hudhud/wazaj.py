"""The types of Wazaj's calls and outputs."""

from . import _hudhud

_types = {name: value for name, value in vars(_hudhud).items() if getattr(value, "__module__", "") == __name__}
# Type checkers read the stub instead. They accept only literals in an assignment to `__all__`.
globals().update(_types, __all__=sorted(_types))
