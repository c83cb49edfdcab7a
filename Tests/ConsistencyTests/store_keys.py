"""What a reader and a writer of stores have in common, as otptoken-store(5) describes it; no code of otptoken is used."""

import base64
import ctypes
import hashlib
import hmac
import os
import re
import sys
import unicodedata

crypto = ctypes.CDLL("libcrypto.so.3")
for name in ("EVP_CIPHER_CTX_new", "EVP_aes_256_gcm"):
    getattr(crypto, name).restype = ctypes.c_void_p
GET_TAG, SET_TAG = 0x10, 0x11


def fail(what):
    sys.exit(f"{sys.argv[0].rpartition('/')[2]}: {what}")


def encoded(data):
    return base64.b64encode(data).decode().rstrip("=")


def decoded(text, count=None):
    """Base64 without padding, of so many bytes."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        fail("not base64")
    if text != encoded(data):
        fail("base64 that nobody writes")
    if len(data) != (count or len(data)):
        fail("a field of another length")
    return data


def hkdf(key, salt, info):
    """RFC 5869 with SHA-256, for 32 bytes: one block."""
    extracted = hmac.digest(salt or bytes(32), key, "sha256")
    return hmac.digest(extracted, info.encode() + b"\x01", "sha256")


def aes_256_gcm(key, nonce, data, associated, tag=None):
    """Encrypts, and returns the tag as well; with a tag it decrypts, and returns None unless that is right."""
    context = ctypes.c_void_p(crypto.EVP_CIPHER_CTX_new())
    result, count = ctypes.create_string_buffer(len(data) + 16), ctypes.c_int()
    try:
        cipher = ctypes.c_void_p(crypto.EVP_aes_256_gcm())
        done = crypto.EVP_CipherInit_ex(context, cipher, None, key, nonce, tag is None) == 1
        for into, part in ((None, associated), (result, data)):
            # An update without data would end it.
            if part:
                done = done and crypto.EVP_CipherUpdate(
                    context, into, ctypes.byref(count), part, len(part)) == 1
        if tag is not None:
            done = done and crypto.EVP_CIPHER_CTX_ctrl(context, SET_TAG, 16, tag) == 1
        rest = ctypes.create_string_buffer(16)
        done = done and crypto.EVP_CipherFinal_ex(context, rest, ctypes.byref(count)) == 1
        if tag is None:
            fresh = ctypes.create_string_buffer(16)
            if not done or crypto.EVP_CIPHER_CTX_ctrl(context, GET_TAG, 16, fresh) != 1:
                fail("libcrypto does not encrypt")
            return result.raw[: len(data)], fresh.raw
        return result.raw[: len(data)] if done else None
    finally:
        crypto.EVP_CIPHER_CTX_free(context)


def sealed(key, plaintext, associated):
    nonce = os.urandom(12)
    ciphertext, tag = aes_256_gcm(key, nonce, plaintext, associated)
    return nonce + ciphertext + tag


def opened(key, box, associated):
    """The plaintext of nonce || ciphertext || tag, or None when it does not authenticate."""
    if len(box) < 28:
        return None
    return aes_256_gcm(key, box[:12], box[12:-16], associated, box[-16:])


def device_secret(device_key):
    try:
        with open("/etc/machine-id", "rb") as file:
            machine = file.read().removesuffix(b"\n")
    except OSError:
        machine = b""
    return device_key + machine


def passphrase_secret(text):
    return unicodedata.normalize("NFC", text).encode("utf-8")


def costs(fields):
    """LOGN, R and P of a scrypt slot."""
    if not all(re.fullmatch("[1-9][0-9]?", field) for field in fields):
        fail("a scrypt slot with numbers that nobody writes")
    log_n, r, p = map(int, fields)
    if not (14 <= log_n <= 20 and r == 8 and 1 <= p <= 4):
        fail("a scrypt slot of another cost")
    return log_n, r, p


def slot_key(kind, cost, salt, secret):
    if kind == "scrypt":
        log_n, r, p = cost
        memory = 128 * r * ((1 << log_n) + p + 2)
        return hashlib.scrypt(secret, salt=salt, n=1 << log_n, r=r, p=p, maxmem=memory, dklen=32)
    return hkdf(secret, salt, f"otptoken-store/1 {kind}")


def header_mac(key, covered):
    return hmac.digest(hkdf(key, b"", "otptoken-store/1 header"), covered, "sha256")


def payload_key(key):
    return hkdf(key, b"", "otptoken-store/1 payload")
