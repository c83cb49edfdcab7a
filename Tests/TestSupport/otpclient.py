"""Has OTPClient export tokens: otpclient.py FOLDER TYPE PASSWORD, tokens as JSON on standard input.

Its own program for the command line can only export, so a database is made for it first, as it makes one: initialisation
vector and salt, then what AES-256-GCM makes of JSON, with a key by PBKDF2 from the password and the zero behind it. It asks
for passwords at a terminal alone. Prints the exported file's path.
"""

import hashlib
import json
import os
import pty
import re
import sys
import termios
import time

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

folder, kind, password = sys.argv[1:]
tokens = json.load(sys.stdin)

vector, salt = os.urandom(16), os.urandom(32)
key = hashlib.pbkdf2_hmac("sha512", password.encode() + b"\0", salt, 100_000, 32)
text = json.dumps(tokens).encode() + b"\0"
with open(f"{folder}/database", "wb") as database:
    database.write(vector + salt + AESGCM(key).encrypt(vector, text, vector + salt))
os.makedirs(f"{folder}/.config", exist_ok=True)
with open(f"{folder}/.config/otpclient.cfg", "w") as config:
    config.write(f"[config]\ndb_path={folder}/database\ndisable_secret_service=true\n")

child, terminal = pty.fork()
if child == 0:
    os.environ["HOME"] = folder
    os.execvp("otpclient-cli", ["otpclient-cli", "export", "-t", kind, "-d", folder])
said, asked = "", 0
while True:
    try:
        piece = os.read(terminal, 4096).decode()
    except OSError:
        break
    if not piece:
        break
    said += piece
    # Each question is answered once, when all of it is there.
    while len(re.findall(r"password: ", said)) > asked:
        asked += 1
        # What is typed before it stops to echo is thrown away.
        while termios.tcgetattr(terminal)[3] & termios.ECHO:
            time.sleep(0.01)
        os.write(terminal, password.encode() + b"\n")
os.waitpid(child, 0)
path = re.search(r"exported to: (\S+)", said)
if not path:
    sys.exit(said)
print(path[1])
