#!/usr/bin/env python3
"""Writes the worked stores of this folder, from the description of the format alone.

Needs the package `cryptography` of PyPI. Keys, salts and nonces are fixed, so that the output is
the same every time; no real store is made like this.
"""

import hashlib
import hmac
import pathlib
from base64 import b64encode

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

HERE = pathlib.Path(__file__).parent

DEVICE_KEY = bytes(range(0x40, 0x60))
MACHINE_ID = "0123456789abcdef0123456789abcdef"
STORE_KEY = bytes(range(0x80, 0xA0))
PASSPHRASE = "correct horse battery staple"

PLAIN = """\
token
name 例の銀行
kind totp
state active
secret ASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4mrze8=
algorithm SHA256
digits 8
period 60
issuer Example Bank & Söhne
service_id 10121234
user_id 12345678901234DC
server https://bank.example/otp
enrolled_at 1767225600
expires_at 1830297600
default yes
token_colour blue and green
note\x20
end
token
name pending one
kind totp
state pending
secret /w==
algorithm SHA512
digits 7
period 3600
issuer\x20
service_id s
user_id u
server http://127.0.0.1:8080
session a/b+c==
end
token
name vpn
kind totp
state active
secret MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=
algorithm SHA1
digits 6
period 30
issuer vpn
service_id vpn
user_id alice@example.org
server\x20
enrolled_at 1
end
"""


def base64(data):
    return b64encode(data).rstrip(b"=").decode()


def hkdf(ikm, info, salt=b""):
    """RFC 5869 with SHA-256, for 32 bytes: one block is enough."""
    prk = hmac.digest(salt or bytes(32), ikm, "sha256")
    return hmac.digest(prk, info + b"\x01", "sha256")


def slot(start, salt, kek, nonce):
    line = f"slot {start} {base64(salt)}"
    wrapped = nonce + AESGCM(kek).encrypt(nonce, STORE_KEY, line.encode())
    return f"{line} {base64(wrapped)}"


def device_slot(number):
    salt = bytes([number] * 16)
    kek = hkdf(DEVICE_KEY + MACHINE_ID.encode(), b"otptoken-store/1 device", salt)
    return slot("device", salt, kek, bytes([number + 1] * 12))


def scrypt_slot(number):
    salt = bytes([number] * 16)
    kek = hashlib.scrypt(
        PASSPHRASE.encode(), salt=salt, n=1 << 14, r=8, p=1, dklen=32, maxmem=1 << 26
    )
    return slot("scrypt 14 8 1", salt, kek, bytes([number + 1] * 12))


def command_slot(number):
    salt = bytes([number] * 16)
    kek = hkdf(b"what the command says", b"otptoken-store/1 command", salt)
    return slot("command", salt, kek, bytes([number + 1] * 12))


def store(slots, plaintext):
    covered = "".join(line + "\n" for line in ["otptoken-store/1", *slots]) + "mac "
    mac = hmac.digest(hkdf(STORE_KEY, b"otptoken-store/1 header"), covered.encode(), "sha256")
    header = f"{covered}{base64(mac)}\n".encode()
    nonce = bytes(range(12))
    payload_key = hkdf(STORE_KEY, b"otptoken-store/1 payload")
    return header + nonce + AESGCM(payload_key).encrypt(nonce, plaintext.encode(), header)


def main():
    unknown = "slot tpm2-pcr7 3 sha256 AAAA ~!@#$%^&*()"
    files = {
        "device.key": DEVICE_KEY,
        "machine-id": MACHINE_ID.encode(),
        "device.store": store([device_slot(1)], PLAIN),
        "several.store": store([scrypt_slot(3), unknown, device_slot(1), command_slot(5)], PLAIN),
        "locked.store": store([scrypt_slot(3), command_slot(5), unknown], PLAIN),
        "empty.store": store([device_slot(1)], ""),
    }
    for name, data in files.items():
        (HERE / name).write_bytes(data)


main()
