"""Types a line into a real shell on a terminal, and prints the words that the shell makes of it, one a line.

usage: press_tab.py bash|zsh|fish FOLDER PROGRAM LINE

FOLDER holds the completion files of PROGRAM. A TAB in LINE asks for completion. Once the line is typed, `printf` is
put in front of it: the words are what the shell would have given to the program.
"""

import os
import pty
import select
import sys
import tempfile
import time

PROMPT = "ready> "


def shell_command(shell, folder, program):
    if shell == "bash":
        return ["bash", "--noprofile", "--norc", "-i"], f"source {folder}/{program}.bash"
    if shell == "zsh":
        return ["zsh", "-f", "-i"], f"fpath=({folder} $fpath); autoload -Uz compinit; compinit -u -D"
    return (
        ["fish", "--no-config", "-i", "-C", f"function fish_prompt; printf '{PROMPT}'; end"],
        f"source {folder}/{program}.fish",
    )


class Terminal:
    def __init__(self, arguments):
        environment = os.environ | {"TERM": "xterm", "PS1": PROMPT}
        self.child, self.descriptor = pty.fork()
        if self.child == 0:
            os.execvpe(arguments[0], arguments, environment)
        self.text = ""

    def type(self, text):
        os.write(self.descriptor, text.encode())

    def wait_until(self, condition):
        deadline = time.monotonic() + 15
        while not condition():
            if time.monotonic() > deadline:
                sys.exit(f"the shell does not go on: {self.text!r}")
            ready, _, _ = select.select([self.descriptor], [], [], 0.02)
            if ready:
                self.text += os.read(self.descriptor, 65536).decode(errors="replace")


def main():
    shell, folder, program, line = sys.argv[1:]
    arguments, loading = shell_command(shell, folder, program)
    terminal = Terminal(arguments)
    terminal.wait_until(lambda: PROMPT in terminal.text)
    # The marks are put together by printf, so that the echo of the command does not look like them.
    terminal.type(f"{loading}; printf '%s %s\\n' loading done\r")
    terminal.wait_until(lambda: PROMPT in terminal.text.partition("loading done")[2])
    with tempfile.TemporaryDirectory() as place:
        # Ctrl-A and Ctrl-E go to the beginning and to the end of the line.
        terminal.type(f"{line}\x01printf '%s\\n' >{place}/new \x05; mv {place}/new {place}/words\r")
        terminal.wait_until(lambda: os.path.exists(f"{place}/words"))
        with open(f"{place}/words") as words:
            print(words.read(), end="")
    os.close(terminal.descriptor)
    os.waitpid(terminal.child, 0)


main()
