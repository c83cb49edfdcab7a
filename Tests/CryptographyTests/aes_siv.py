"""AES-128-SIV of lines `key plaintext component...`, hexadecimal, `-` for nothing: by EVP where EVP can do it.

EVP (OpenSSL 3.0) fails on an empty plaintext and passes over empty components: these are computed from the text of
RFC 5297 and RFC 4493, with single AES blocks. A second argument `own` computes all of them so.
"""
import ctypes
import sys

crypto = ctypes.CDLL("libcrypto.so.3")
for name in ("EVP_CIPHER_fetch", "EVP_CIPHER_CTX_new"):
    getattr(crypto, name).restype = ctypes.c_void_p
SIV, ECB = (ctypes.c_void_p(crypto.EVP_CIPHER_fetch(None, name, None)) for name in (b"AES-128-SIV", b"AES-128-ECB"))
GET_TAG = 0x10


def encrypt(cipher, key, components, plaintext):
    context = ctypes.c_void_p(crypto.EVP_CIPHER_CTX_new())
    count, rest, tag = ctypes.c_int(), ctypes.c_int(), ctypes.create_string_buffer(16)
    out = ctypes.create_string_buffer(len(plaintext) + 16)
    done = crypto.EVP_EncryptInit_ex(context, cipher, None, key, None)
    crypto.EVP_CIPHER_CTX_set_padding(context, 0)
    for component in components:
        done &= crypto.EVP_EncryptUpdate(context, None, ctypes.byref(count), component, len(component))
    done &= crypto.EVP_EncryptUpdate(context, out, ctypes.byref(count), plaintext, len(plaintext))
    done &= crypto.EVP_EncryptFinal_ex(context, ctypes.byref(out, count.value), ctypes.byref(rest))
    if cipher is SIV:
        done &= crypto.EVP_CIPHER_CTX_ctrl(context, GET_TAG, 16, tag)
    crypto.EVP_CIPHER_CTX_free(context)
    assert done == 1
    return (tag.raw if cipher is SIV else b"") + out.raw[: count.value + rest.value]


def aes(key, block):
    return int.from_bytes(encrypt(ECB, key, [], block.to_bytes(16, "big")), "big")


def double(number):
    return number << 1 if number < 1 << 127 else (number << 1) % (1 << 128) ^ 0x87


def padded(text):
    return int.from_bytes(text + b"\x80" + bytes(15 - len(text)), "big")


def cmac(key, text):
    blocks = [text[start : start + 16] for start in range(0, len(text), 16)] or [b""]
    subkey = double(aes(key, 0))
    last = blocks.pop()
    last = int.from_bytes(last, "big") ^ subkey if len(last) == 16 else padded(last) ^ double(subkey)
    state = 0
    for block in [int.from_bytes(block, "big") for block in blocks] + [last]:
        state = aes(key, state ^ block)
    return state


def siv(key, components, plaintext):
    mac_key, counter_key = key[:16], key[16:]
    d = cmac(mac_key, bytes(16))
    for component in components:
        d = double(d) ^ cmac(mac_key, component)
    if len(plaintext) >= 16:
        last = int.from_bytes(plaintext, "big") ^ d
        iv = cmac(mac_key, last.to_bytes(len(plaintext), "big"))
    else:
        iv = cmac(mac_key, (double(d) ^ padded(plaintext)).to_bytes(16, "big"))
    counter = iv & ~(1 << 63 | 1 << 31)
    stream = b"".join(
        aes(counter_key, (counter + index) % (1 << 128)).to_bytes(16, "big")
        for index in range(len(plaintext) // 16 + 1))
    return iv.to_bytes(16, "big") + bytes(a ^ b for a, b in zip(plaintext, stream))


for line in sys.stdin:
    key, plaintext, *components = (bytes.fromhex(word.replace("-", "")) for word in line.split())
    by_evp = plaintext and all(components) and "own" not in sys.argv
    print((encrypt(SIV, key, components, plaintext) if by_evp else siv(key, components, plaintext)).hex())
