"""Reads a token store as otptoken-store(5) describes it, and nothing else: no code of otptoken is used.

usage: read_store.py TOKENS DEVICE_KEY UNIX_SECONDS

Prints a line for each active token: its name, a tab, and the code of that moment.
"""

import base64
import ctypes
import hashlib
import hmac
import sys


def fail(what):
    sys.exit(f"read_store.py: {what}")


def decoded(text, padded=False):
    data = base64.b64decode(text + ("" if padded else "=" * (-len(text) % 4)), validate=True)
    canonical = base64.b64encode(data).decode()
    if text != (canonical if padded else canonical.rstrip("=")):
        fail("base64 that nobody writes")
    return data


def hkdf(key, salt, info):
    """RFC 5869 with SHA-256, for 32 bytes: one block."""
    extracted = hmac.digest(salt or bytes(32), key, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")


def aes_256_gcm_open(key, box, associated):
    """The plaintext of nonce || ciphertext || tag, or None when it does not authenticate."""
    nonce, ciphertext, tag = box[:12], box[12:-16], box[-16:]
    crypto = ctypes.CDLL("libcrypto.so.3")
    for name in ("EVP_CIPHER_CTX_new", "EVP_aes_256_gcm"):
        getattr(crypto, name).restype = ctypes.c_void_p
    context = ctypes.c_void_p(crypto.EVP_CIPHER_CTX_new())
    plaintext, length = ctypes.create_string_buffer(len(ciphertext) + 16), ctypes.c_int()
    set_tag = 0x11
    try:
        cipher = ctypes.c_void_p(crypto.EVP_aes_256_gcm())
        done = (
            crypto.EVP_DecryptInit_ex(context, cipher, None, key, nonce) == 1
            and crypto.EVP_DecryptUpdate(
                context, None, ctypes.byref(length), associated, len(associated)) == 1
            and crypto.EVP_DecryptUpdate(
                context, plaintext, ctypes.byref(length), ciphertext, len(ciphertext)) == 1
        )
        count = length.value
        done = (
            done
            and crypto.EVP_CIPHER_CTX_ctrl(context, set_tag, len(tag), tag) == 1
            and crypto.EVP_DecryptFinal_ex(context, None, ctypes.byref(length)) == 1
        )
    finally:
        crypto.EVP_CIPHER_CTX_free(context)
    return plaintext.raw[:count] if done else None


def split(file):
    """The lines of the header, the header, and the body."""
    lines, position = [], 0
    while True:
        end = file.index(b"\n", position)
        lines.append(file[position:end].decode("ascii"))
        position = end + 1
        if lines[-1].startswith("mac "):
            return lines, file[:position], file[position:]


def store_key(slots, device):
    for line in slots:
        start, wrapped = line.rsplit(" ", 1)
        _, kind, *rest = start.split(" ")
        if kind == "device":
            key = hkdf(device, decoded(rest[0]), b"otptoken-store/1 device")
            if found := aes_256_gcm_open(key, decoded(wrapped), start.encode()):
                return found
    fail("no slot opens")


def plaintext(file, device):
    lines, header, body = split(file)
    if lines[0] != "otptoken-store/1" or not all(line.startswith("slot ") for line in lines[1:-1]):
        fail("not a store")
    key = store_key(lines[1:-1], device)
    covered = header[: -len(lines[-1]) - 1] + b"mac "
    mac = hmac.digest(hkdf(key, b"", b"otptoken-store/1 header"), covered, "sha256")
    if not hmac.compare_digest(mac, decoded(lines[-1].removeprefix("mac "))):
        fail("the header does not authenticate")
    text = aes_256_gcm_open(hkdf(key, b"", b"otptoken-store/1 payload"), body, header)
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
            key, _, token_value = line.partition(" ")
            token[key] = token_value
        yield token


def code(token, time):
    counter = (time // int(token["period"])).to_bytes(8, "big")
    seed, algorithm = decoded(token["secret"], padded=True), token["algorithm"].lower()
    digest = hmac.new(seed, counter, getattr(hashlib, algorithm)).digest()
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10 ** int(token["digits"])).zfill(int(token["digits"]))


def main():
    store, device_key, time = sys.argv[1:]
    with open(device_key, "rb") as file:
        device = file.read()
    try:
        with open("/etc/machine-id", "rb") as file:
            device += file.read().removesuffix(b"\n")
    except OSError:
        pass
    with open(store, "rb") as file:
        text = plaintext(file.read(), device)
    for token in tokens(text):
        if token["kind"] == "totp" and token["state"] == "active":
            print(f"{token['name']}\t{code(token, int(time))}")


if __name__ == "__main__":
    main()
