"""What tests do with the kernel's keyring (keyrings(7)), and to programs that use it, by system calls alone.

usage: keyring.py look STORE                 prints permissions and time left of the key of a store, if it is kept
       keyring.py put STORE COUNT [PERM]     puts so many bytes in its place, with these permissions (hexadecimal)
       keyring.py session COMMAND...         runs a command with a new session keyring
       keyring.py without REASON COMMAND...  runs a command whose calls to the keyring fail, with ENOSYS or EPERM
"""

import ctypes
import errno
import hashlib
import os
import platform
import struct
import sys

ADD_KEY, REQUEST_KEY, KEYCTL = {"x86_64": (248, 249, 250), "aarch64": (217, 218, 219)}[platform.machine()]
PROCESS_KEYRING, USER_KEYRING = -2, -4
JOIN_SESSION, SET_PERMISSIONS, LINK = 1, 5, 8

library = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    texts = [a if isinstance(a, (bytes, type(None))) else ctypes.c_long(a) for a in arguments]
    result = library.syscall(ctypes.c_long(number), *texts)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def name(path):
    """What the key of a store is kept as, by the digest of the header: all lines up to the one that begins with mac."""
    header = b""
    with open(path, "rb") as store:
        for line in store:
            header += line
            if line.startswith(b"mac "):
                break
    return "otptoken:" + hashlib.sha256(header).hexdigest()


def look(path):
    # Without possession the kernel does not show the key.
    call(KEYCTL, LINK, USER_KEYRING, PROCESS_KEYRING)
    with open("/proc/keys", encoding="utf-8") as keys:
        for line in keys:
            _, flags, _, left, permissions, _, _, kind, description = line.split(None, 8)
            if kind == "user" and description.split(": ")[0].strip() == name(path):
                # R and D: revoked and dead, which the kernel clears away when it gets to it.
                if left != "expd" and not set("RD") & set(flags):
                    print(permissions, left)


def put(path, count, permissions=None):
    payload = bytes(count)
    key = call(ADD_KEY, b"user", name(path).encode(), payload, len(payload), USER_KEYRING)
    if permissions is not None:
        call(KEYCTL, SET_PERMISSIONS, key, permissions)


def forbid(reason):
    """A filter of seccomp(2)."""
    load, equal, answer = 0x20, 0x15, 0x06
    calls = (ADD_KEY, REQUEST_KEY, KEYCTL)
    program = [(load, 0, 0, 0)]
    for index, number in enumerate(calls):
        program.append((equal, len(calls) - index, 0, number))
    program += [(answer, 0, 0, 0x7FFF0000), (answer, 0, 0, 0x00050000 | reason)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in program))

    class Filter(ctypes.Structure):
        _fields_ = [("count", ctypes.c_ushort), ("steps", ctypes.c_void_p)]

    whole = Filter(len(program), ctypes.addressof(code))
    set_no_new_privileges, set_seccomp, filtered = 38, 22, 2
    if library.prctl(set_no_new_privileges, 1, 0, 0, 0) != 0:
        sys.exit("no filter")
    if library.prctl(set_seccomp, filtered, ctypes.byref(whole), 0, 0) != 0:
        sys.exit("no filter")


def main(what, *arguments):
    if what == "look":
        look(arguments[0])
    elif what == "put":
        put(arguments[0], int(arguments[1]), *(int(text, 16) for text in arguments[2:]))
    elif what == "session":
        call(KEYCTL, JOIN_SESSION, None)
        os.execvp(arguments[0], arguments)
    elif what == "without":
        forbid(getattr(errno, arguments[0]))
        os.execvp(arguments[1], arguments[1:])


main(*sys.argv[1:])
