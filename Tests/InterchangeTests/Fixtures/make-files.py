#!/usr/bin/env python3
"""Writes encrypted files as 2FAS and andOTP have them, from what is documented of their formats alone.

Usage: make-files.py FOLDER. Needs the package `cryptography`. What it has written here is kept beside it.
"""

import base64
import hashlib
import json
import struct
import sys

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PASSWORD = b"correct horse"
SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def write(name, contents):
    with open(f"{sys.argv[1]}/{name}", "wb") as file:
        file.write(contents)


def some_bytes(count, start):
    return bytes((start + 7 * index) % 256 for index in range(count))


def two_fas():
    services = [
        {
            "name": "Bank", "secret": SEED, "updatedAt": 0, "order": {"position": 0},
            "otp": {
                "label": "4711", "account": "4711", "issuer": "Example Bank", "digits": 8, "period": 60,
                "algorithm": "SHA256", "tokenType": "TOTP", "source": "manual",
            },
        },
        {
            "name": "Game", "secret": SEED, "updatedAt": 0, "order": {"position": 1},
            "otp": {"account": "me", "tokenType": "STEAM", "source": "manual"},
        },
        {
            "name": "Mail", "secret": SEED.lower(), "updatedAt": 0, "order": {"position": 2},
            "otp": {"account": "a@b", "issuer": None, "tokenType": "TOTP", "source": "link"},
        },
    ]
    file = {
        "services": services, "groups": [], "updatedAt": 0, "schemaVersion": 4,
        "appVersionCode": 5000000, "appVersionName": "5.0.0", "appOrigin": "android",
    }
    write("2fas.json", json.dumps(file).encode())
    salt, nonce = some_bytes(256, 1), some_bytes(12, 2)
    key = hashlib.pbkdf2_hmac("sha256", PASSWORD, salt, 10_000, 32)

    def sealed(text):
        return ":".join(
            base64.b64encode(part).decode() for part in [AESGCM(key).encrypt(nonce, text, None), salt, nonce])

    file["services"] = []
    file["servicesEncrypted"] = sealed(json.dumps(services).encode())
    file["reference"] = sealed(b"reference")
    write("2fas-encrypted.json", json.dumps(file).encode())


def and_otp():
    entries = [
        {
            "secret": SEED, "issuer": "Example Bank", "label": "4711", "digits": 8, "type": "TOTP",
            "algorithm": "SHA256", "thumbnail": "Default", "last_used": 0, "used_frequency": 0, "period": 60, "tags": [],
        },
        {"secret": SEED, "issuer": "", "label": "Shop:me", "digits": 6, "type": "TOTP", "algorithm": "SHA1", "period": 30},
        {"secret": SEED, "issuer": "Old", "label": "x", "digits": 6, "type": "HOTP", "algorithm": "SHA1", "counter": 3},
    ]
    text = json.dumps(entries).encode()
    write("andotp.json", text)
    salt, nonce, iterations = some_bytes(12, 3), some_bytes(12, 4), 140_000
    key = hashlib.pbkdf2_hmac("sha1", PASSWORD, salt, iterations, 32)
    write("andotp.bin", struct.pack(">i", iterations) + salt + nonce + AESGCM(key).encrypt(nonce, text, None))
    nonce = some_bytes(12, 200)
    key = hashlib.sha256(PASSWORD).digest()
    write("andotp-old.bin", nonce + AESGCM(key).encrypt(nonce, text, None))


two_fas()
and_otp()
