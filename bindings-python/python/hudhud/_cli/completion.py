"""Completion scripts for shells: the commands with their options, and the calls with their fields.

A script contains all names, so completing starts no Python. After an update of the package it must be installed again.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import Any, NamedTuple

from .._hudhud import OPERATIONS
from ..webhook import EVENT_NAMES
from .call_names import all_names, full_name, listed, names_of
from .output import write

SHELLS = ("bash", "zsh", "fish")


class Names(NamedTuple):
    """All names that are completed."""

    commands: dict[str, str]
    """The commands with their descriptions."""
    options: dict[str, list[str]]
    """The options of each command."""
    words: dict[str, list[str]]
    """The possible first arguments of each command."""
    fields: dict[str, list[str]]
    """The arguments of each call: `field=` for every field, and `field=value` for the values that the vendor documents."""


def names(commands: dict[str, argparse.ArgumentParser], help_texts: dict[str, str]) -> Names:
    """Collects the names."""
    options = {
        name: [text for action in parser._actions for text in action.option_strings if text.startswith("--")]
        for name, parser in commands.items()
    }
    fields: dict[str, list[str]] = {}
    for operation in OPERATIONS:
        texts = []
        for field, kind, _, values in operation.field_types:
            known = ["true", "false"] if kind == "boolean" else values
            texts += [f"{field}={value}" for value in known] or [f"{field}="]
        for name in names_of(operation):
            fields[name] = texts
    calls = [*all_names(), *(name for name in fields if name not in all_names())]
    words = {"call": calls, "curl": calls, "calls": calls, "list": listed(), "completion": list(SHELLS)}
    return Names(help_texts, options, words, fields)


def completion(options: Any) -> None:
    """`hudhud completion`: prints the script for a shell."""
    found = names(options.commands, options.help_texts)
    write({"bash": _bash, "zsh": _zsh, "fish": _fish}[options.shell](found))


def _cases(table: Iterable[tuple[str, list[str]]], indent: str) -> str:
    return "\n".join(f"{indent}{pattern}) words='{' '.join(words)}' ;;" for pattern, words in table)


def _field_cases(found: Names, indent: str) -> str:
    rows = [
        ("|".join(f"{command}:{name}" for command in ("call", "curl") for name in names_of(operation)), found.fields[full_name(operation)])
        for operation in OPERATIONS
    ]
    lists = [(f"list:{what}", found.fields[f"zagely.{what.replace('-', '_')}.list"]) for what in found.words["list"]]
    return _cases([*rows, *lists], indent)


_BASH = """# Completion of hudhud for bash. Add to ~/.bashrc: eval "$(hudhud completion bash)"
_hudhud() {{
    local current before words='' command='' subject='' index
    current="${{COMP_LINE:0:COMP_POINT}}"
    current="${{current##*[[:space:]]}}"
    for ((index = 1; index < COMP_CWORD; index++)); do
        before="${{COMP_WORDS[index]}}"
        case "$before" in
            -*) ;;
            *) if [[ -z $command ]]; then command="$before"; elif [[ -z $subject ]]; then subject="$before"; fi ;;
        esac
    done
    case "$current" in
        -*) case "$command" in
{options}
            esac ;;
        *) if [[ -z $command ]]; then words='{commands}'
        elif [[ -z $subject ]]; then
            case "$command" in
{words}
            esac
        else
            case "$command:$subject" in
{fields}
            esac
        fi ;;
    esac
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    case "${{COMPREPLY[*]}}" in *=) compopt -o nospace 2> /dev/null ;; esac
    # Readline splits words at `=`, so it inserts only the part after it.
    if [[ $current == *=* && $COMP_WORDBREAKS == *=* ]]; then
        COMPREPLY=("${{COMPREPLY[@]#"${{current%%=*}}="}}")
    fi
}}
complete -o default -F _hudhud hudhud"""


def _bash(found: Names) -> str:
    return _BASH.format(
        options=_cases([*found.options.items(), ("*", ["--help", "--version", "--json", "--verbose"])], " " * 12),
        commands=" ".join(found.commands),
        words=_cases(found.words.items(), " " * 12),
        fields=_field_cases(found, " " * 12),
    )


_ZSH = """#compdef hudhud
# Completion of hudhud for zsh. Add to ~/.zshrc, after compinit: eval "$(hudhud completion zsh)"
_hudhud() {{
    local words_before=("${{(@)words[2,CURRENT-1]}}") current="$PREFIX" words='' command='' subject='' before
    for before in "${{words_before[@]}}"; do
        [[ $before == -* ]] && continue
        if [[ -z $command ]]; then command="$before"; elif [[ -z $subject ]]; then subject="$before"; fi
    done
    if [[ $current == -* ]]; then
        case "$command" in
{options}
        esac
    elif [[ -z $command ]]; then
        local -a described=({commands})
        _describe command described
        return
    elif [[ -z $subject ]]; then
        case "$command" in
{words}
        esac
    else
        case "$command:$subject" in
{fields}
        esac
    fi
    local -a all=(${{=words}})
    local -a open=(${{(M)all:#*=}}) closed=(${{all:#*=}})
    (( $#all )) || {{ _files; return; }}
    (( $#open )) && compadd -S '' -- $open
    (( $#closed )) && compadd -- $closed
}}
compdef _hudhud hudhud"""


def _zsh(found: Names) -> str:
    described = " ".join(f"'{name}:{_plain(help_text)}'" for name, help_text in found.commands.items())
    return _ZSH.format(
        options=_cases([*found.options.items(), ("*", ["--help", "--version", "--json", "--verbose"])], " " * 8),
        commands=described,
        words=_cases(found.words.items(), " " * 8),
        fields=_field_cases(found, " " * 8),
    )


def _plain(text: str) -> str:
    return text.replace("'", "").replace(":", "").replace("\\", "")


def _fish(found: Names) -> str:
    lines = [
        "# Completion of hudhud for fish. Save it: hudhud completion fish > ~/.config/fish/completions/hudhud.fish",
        "function __hudhud_is",
        "    set -l words (string match -v -- '-*' (commandline -opc))",
        "    test (count $words) -ge 2; and test $words[2] = $argv[1]; or return 1",
        "    test (count $argv) -lt 2; and test (count $words) -eq 2; and return 0",
        "    test (count $argv) -ge 2; and test (count $words) -ge 3; and test $words[3] = $argv[2]",
        "end",
        "complete -c hudhud -f -n __fish_use_subcommand -l version -l help -l json -l verbose",
    ]
    for name, help_text in found.commands.items():
        lines.append(f"complete -c hudhud -f -n __fish_use_subcommand -a {name} -d '{_plain(help_text)}'")
        for option in found.options[name]:
            lines.append(f"complete -c hudhud -n '__fish_seen_subcommand_from {name}' -l {option[2:]}")
    for command, words in found.words.items():
        lines.append(f"complete -c hudhud -f -n '__hudhud_is {command}' -a '{' '.join(words)}'")
    for call, words in found.fields.items():
        for command in "call", "curl":
            if words:
                lines.append(f"complete -c hudhud -n '__hudhud_is {command} {call}' -a '{' '.join(words)}'")
    for what in found.words["list"]:
        words = found.fields[f"zagely.{what.replace('-', '_')}.list"]
        lines.append(f"complete -c hudhud -n '__hudhud_is list {what}' -a '{' '.join(words)}'")
    lines.append(f"complete -c hudhud -x -n '__fish_seen_subcommand_from listen' -l event -a '{' '.join(EVENT_NAMES)}'")
    return "\n".join(lines)
