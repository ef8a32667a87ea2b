"""The command line: `hudhud`, or `python -m hudhud`.

Keys and secrets are read from the environment, as by the clients' `from_env` and by `Webhook.from_env`. They are not
read from arguments, because other users of a machine can see the arguments of a process.
"""

import sys

from ._cli.run import main

if __name__ == "__main__":
    sys.exit(main())
