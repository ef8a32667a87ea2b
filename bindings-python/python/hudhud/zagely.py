"""What Zagely answers, and the records inside its calls."""

from . import _hudhud

__all__ = sorted(name for name, thing in vars(_hudhud).items() if getattr(thing, "__module__", "") == __name__)
globals().update({name: getattr(_hudhud, name) for name in __all__})
