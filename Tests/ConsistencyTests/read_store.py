"""Reads a token store as otptoken-store(5) describes it, and nothing else: no code of otptoken is used.

usage: read_store.py [--device-key FILE] [--passphrase-file FILE] [--command-output FILE] [--keyring]
                     TOKENS [UNIX_SECONDS]

Prints a line for each active token: its name, a tab, and the code of that moment; without a moment the plaintext.
"""

import argparse
import base64
import ctypes
import hashlib
import hmac
import platform
import re
import sys

from store_keys import (costs, decoded, device_secret, fail, header_mac, opened, passphrase_secret, payload_key,
                        slot_key)


def split(file):
    """The lines of the header, the header, and the body."""
    lines, position = [], 0
    while not lines or not lines[-1].startswith("mac "):
        end = file.find(b"\n", position, position + 512)
        if end < 0 or not re.fullmatch(b"[ -~]*", file[position:end]):
            fail("not a store")
        lines.append(file[position:end].decode())
        position = end + 1
    if lines[0] != "otptoken-store/1" or not 3 <= len(lines) <= 18:
        fail("not a store")
    return lines, file[:position], file[position:]


def slot(line):
    """Kind, cost, SALT, WRAPPED and associated data of a slot line; None for an unknown kind."""
    start, _, wrapped = line.rpartition(" ")
    if not re.fullmatch("slot [a-z0-9-]+( [!-~]+)+", line):
        fail("not a slot")
    _, kind, *fields = start.split(" ")
    if kind not in ("device", "scrypt", "command"):
        return None
    if len(fields) != (4 if kind == "scrypt" else 1):
        fail("a slot with other fields")
    cost = costs(fields[:3]) if kind == "scrypt" else None
    return kind, cost, decoded(fields[-1], 16), decoded(wrapped, 60), start.encode()


def kept_key(header):
    """What the kernel's keyring keeps for a store, or None."""
    library = ctypes.CDLL(None)
    number = {"x86_64": 250, "aarch64": 219}[platform.machine()]
    search, read, link, user_keyring, process_keyring = 10, 11, 8, -4, -2

    def keyctl(*arguments):
        return library.syscall(ctypes.c_long(number), *(
            a if isinstance(a, (bytes, ctypes.Array)) else ctypes.c_long(a) for a in arguments))

    keyctl(link, user_keyring, process_keyring)
    name = "otptoken:" + hashlib.sha256(header).hexdigest()
    found, key = keyctl(search, user_keyring, b"user", name.encode(), 0), ctypes.create_string_buffer(32)
    return key.raw if found > 0 and keyctl(read, found, key, 32) == 32 else None


def store_key(lines, header, secrets, from_keyring):
    slots = [slot(line) for line in lines]
    known = [fields for fields in slots if fields]
    if not known:
        fail("no known slot")
    for kind, cost, salt, wrapped, associated in known:
        if kind in secrets:
            key = opened(slot_key(kind, cost, salt, secrets[kind]), wrapped, associated)
            if key:
                return key
    key = kept_key(header) if from_keyring else None
    return key or fail("no slot opens")


def plaintext(file, secrets, from_keyring):
    lines, header, body = split(file)
    key = store_key(lines[1:-1], header, secrets, from_keyring)
    mac = decoded(lines[-1].removeprefix("mac "), 32)
    covered = header[: header.rindex(b"mac ") + 4]
    if not hmac.compare_digest(mac, header_mac(key, covered)):
        fail("the header does not authenticate")
    text = opened(payload_key(key), body, header)
    if text is None:
        fail("the body does not authenticate")
    return text.decode("utf-8")


def tokens(text):
    lines = iter(text.split("\n")[:-1])
    for line in lines:
        if line != "token":
            fail("a line outside tokens")
        token = {}
        while (line := next(lines)) != "end":
            key, _, value = line.partition(" ")
            token[key] = value
        if token["kind"] not in ("totp", "mailed"):
            fail("a token of another kind")
        if token["kind"] == "mailed" and ("secret" in token or "algorithm" in token):
            fail("a mailed code with a secret")
        yield token


def code(token, time):
    counter = (time // int(token["period"])).to_bytes(8, "big")
    seed = base64.b64decode(token["secret"] + "=" * (-len(token["secret"]) % 4), validate=True)
    digest = hmac.digest(seed, counter, token["algorithm"].lower())
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10 ** int(token["digits"])).zfill(int(token["digits"]))


def contents(path):
    with open(path, "rb") as file:
        return file.read()


def main():
    parser = argparse.ArgumentParser()
    for option in ("--device-key", "--passphrase-file", "--command-output"):
        parser.add_argument(option, type=contents)
    parser.add_argument("--keyring", action="store_true")
    parser.add_argument("tokens", type=contents)
    parser.add_argument("time", type=int, nargs="?")
    given = parser.parse_args()
    secrets = {}
    if given.device_key is not None:
        secrets["device"] = device_secret(given.device_key)
    if given.passphrase_file is not None:
        secrets["scrypt"] = passphrase_secret(given.passphrase_file.decode("utf-8"))
    if given.command_output is not None:
        secrets["command"] = given.command_output.removesuffix(b"\n")
    text = plaintext(given.tokens, secrets, given.keyring)
    if given.time is None:
        sys.stdout.buffer.write(text.encode())
        return
    for token in tokens(text):
        if token["state"] == "active" and token["kind"] == "totp":
            print(f"{token['name']}\t{code(token, given.time)}")


if __name__ == "__main__":
    main()
