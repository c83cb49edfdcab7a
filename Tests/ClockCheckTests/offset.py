"""Offset, delay and error bound of lines `T1 elapsed receive transmit precision delay dispersion pivot`, as fractions.

T1 and elapsed are nanoseconds, receive and transmit 64-bit NTP timestamps, delay and dispersion 16.16 seconds. The
answers are in nanoseconds, rounded down.
"""
import sys
from fractions import Fraction
from math import floor

EPOCH = 2208988800


def unix(bits, pivot):
    """The moment with these bits that is nearest to the pivot, found by trying the eras."""
    eras = (Fraction(bits, 2**32) + 2**32 * era - EPOCH for era in range(-2, 4))
    return next(moment for moment in eras if pivot - 2**31 <= floor(moment) < pivot + 2**31)


for line in sys.stdin:
    t1, elapsed, receive, transmit, precision, delay, dispersion, pivot = map(int, line.split())
    t1, elapsed = Fraction(t1, 10**9), Fraction(elapsed, 10**9)
    t2, t3, t4 = unix(receive, pivot), unix(transmit, pivot), t1 + elapsed
    offset = ((t2 - t1) + (t3 - t4)) / 2
    way = (t4 - t1) - (t3 - t2)
    error = (way / 2 + Fraction(delay, 2**17) + Fraction(dispersion, 2**16) + Fraction(2) ** precision
             + 15 * elapsed / 10**6)
    print(*(floor(number * 10**9) for number in (offset, way, error)))
