"""Writes a token store as otptoken-store(5) describes it, from nothing: no code of otptoken is used.

usage: write_store.py FOLDER SLOT... < PLAINTEXT

Writes FOLDER/tokens, with a store key of its own, and FOLDER/device.key for a slot of that kind. A SLOT is one of
  device
  scrypt LOGN R P PASSPHRASE
  command WHAT-IT-PRINTS
or any other text, which is put behind the word slot as it stands.
"""

import os
import sys

from store_keys import (device_secret, encoded, header_mac, passphrase_secret, payload_key, sealed, slot_key)


def slot(text, key, device_key):
    kind, *words = text.split(" ")
    cost = []
    if text == "device":
        secret = device_secret(device_key)
    elif kind == "scrypt":
        cost, secret = words[:3], passphrase_secret(" ".join(words[3:]))
    elif kind == "command":
        secret = " ".join(words).encode()
    else:
        return f"slot {text}"
    salt = os.urandom(16)
    start = " ".join(["slot", kind, *cost, encoded(salt)])
    wrapping = slot_key(kind, [int(word) for word in cost], salt, secret)
    return f"{start} {encoded(sealed(wrapping, key, start.encode()))}"


def write(path, data):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)


def main(folder, *slots):
    key, device_key = os.urandom(32), os.urandom(32)
    lines = ["otptoken-store/1", *(slot(text, key, device_key) for text in slots), "mac "]
    covered = "\n".join(lines).encode()
    header = covered + encoded(header_mac(key, covered)).encode() + b"\n"
    os.makedirs(folder, mode=0o700, exist_ok=True)
    if "device" in slots:
        write(f"{folder}/device.key", device_key)
    write(f"{folder}/tokens", header + sealed(payload_key(key), sys.stdin.buffer.read(), header))


if __name__ == "__main__":
    main(*sys.argv[1:])
