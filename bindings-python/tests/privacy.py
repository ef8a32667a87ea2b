"""Everything that a printed error shows, and the check that it shows nothing private."""

import re
import traceback

import hudhud


def shown(error):
    """Returns everything that a printed traceback shows of an error, and the reprs and attributes of its causes."""
    texts, links, seen = ["".join(traceback.format_exception(type(error), error, error.__traceback__))], [error], set()
    while links:
        link = links.pop()
        if link is None or id(link) in seen:
            continue
        seen.add(id(link))
        texts += [str(link), repr(link), repr(link.args), *getattr(link, "__notes__", ())]
        if not isinstance(link, hudhud.HudhudError):
            attributes = getattr(link, "__dict__", {})
            texts += [repr(attributes), *(repr(getattr(value, "__dict__", "")) for value in attributes.values())]
        links += [link.__cause__, link.__context__, *(each for each in link.args if isinstance(each, BaseException))]
    return "\n".join(texts)


def assert_private(error):
    text = shown(error)
    digits = re.sub(r"%2B|\W", "", text)
    assert "5558675309" not in digits and "old bridge" not in text and "old+bridge" not in text
    assert "secretkey" not in text
