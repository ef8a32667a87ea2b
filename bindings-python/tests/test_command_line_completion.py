"""The completion scripts. The one for bash runs in bash; those for zsh and fish are checked by their shell if it is there."""

import shutil
import subprocess

import pytest

TRY = """
source ./script
COMP_LINE="$1"; COMP_POINT=${#COMP_LINE}
read -ra COMP_WORDS <<< "$COMP_LINE"
[[ $COMP_LINE == *" " ]] && COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_hudhud
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("hudhud ca", ["call", "calls"]),
        ("hudhud call zagely.contact_groups.a", ["zagely.contact_groups.add_contacts"]),
        ("hudhud call contacts.u", ["contacts.update", "contacts.unblock"]),
        ("hudhud call contacts.update n", ["name=", "notes="]),
        ("hudhud --json call zagely.messages.list direction=", ["inbound", "outbound"]),
        ("hudhud curl webhooks.create is_active=t", ["true"]),
        ("hudhud list w", ["webhooks"]),
        ("hudhud list contacts sear", ["search="]),
        ("hudhud listen --for", ["--forward-to"]),
        ("hudhud completion f", ["fish"]),
        ("hudhud call contacts.get nothing", [""]),
    ],
)
def test_bash_completes(hudhud, tmp_path, line, expected):
    (tmp_path / "script").write_text(hudhud("completion", "bash"))
    # A user's shell has `=` among its word breaks.
    done = subprocess.run(["bash", "-c", TRY, "bash", line], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert done.stdout.splitlines() == expected and done.stderr == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_script_has_all_commands_calls_and_fields(hudhud, tmp_path, shell):
    script = hudhud("completion", shell)
    for name in "call", "listen", "forward-to", "zagely.contacts.update", "wazaj.messages.send_template", "custom_fields=", "direction=inbound", "contact-groups":
        assert name in script
    # Words stand between quotation marks, so none may contain one.
    assert script.count("'") % 2 == 0
    if shutil.which(shell):
        (tmp_path / "script").write_text(script)
        assert subprocess.run([shell, "-n", "script"], capture_output=True, cwd=tmp_path, check=True).stderr == b""


def test_fish_completes(hudhud, tmp_path):
    script = hudhud("completion", "fish")
    assert "complete -c hudhud -n '__hudhud_is call contacts.get' -a 'contact_id='" in script
    if shutil.which("fish"):
        (tmp_path / "script").write_text(script)
        done = subprocess.run(["fish", "-c", "source ./script; complete -C 'hudhud call contacts.get c'"], capture_output=True, text=True, cwd=tmp_path, check=True)
        assert "contact_id=" in done.stdout.splitlines()
