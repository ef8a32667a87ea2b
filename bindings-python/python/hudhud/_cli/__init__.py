"""The command line. `run.main` is its entry point.

`parser` declares the commands, `run` executes one and turns its failure into a message and an exit code. Each of the
other modules holds one command, or one thing that several commands need. Modules of single commands are imported when
their command runs, which keeps the start fast.
"""
