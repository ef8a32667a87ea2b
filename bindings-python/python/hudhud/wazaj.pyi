# Written by `cargo xtask stubs`; change core's catalog and types instead.
from ._hudhud import SendTemplate as SendTemplate
from ._hudhud import SendText as SendText
from ._hudhud import SentMessage as SentMessage

__all__ = ["SendTemplate", "SendText", "SentMessage"]
