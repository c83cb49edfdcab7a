#include "shim_crypto.h"

#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

static CRYPTO_ONCE group_once = CRYPTO_ONCE_STATIC_INIT;
static EC_GROUP *p256;
static void group_init(void) { p256 = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1); }

enum { POINT = 65, COMPRESSED = 33, SCALAR = 32 };

// Scratch space of one computation; everything in it is wiped when it goes.
typedef struct {
    BN_CTX *bn;
    EC_POINT *a, *b;
    BIGNUM *k;
} scratch;

static void scratch_free(scratch *s) {
    EC_POINT_clear_free(s->a);
    EC_POINT_clear_free(s->b);
    BN_clear_free(s->k);
    BN_CTX_free(s->bn);
}

static int scratch_new(scratch *s) {
    *s = (scratch){0};
    if (!CRYPTO_THREAD_run_once(&group_once, group_init) || !p256) return 0;
    s->bn = BN_CTX_secure_new();
    s->a = EC_POINT_new(p256);
    s->b = EC_POINT_new(p256);
    s->k = BN_new();
    if (s->bn && s->a && s->b && s->k) {
        BN_set_flags(s->k, BN_FLG_CONSTTIME);
        return 1;
    }
    scratch_free(s);
    return 0;
}

// 0 < k < n.
static int read_scalar(scratch *s, const uint8_t *k32) {
    return BN_bin2bn(k32, SCALAR, s->k) && !BN_is_zero(s->k) &&
           BN_cmp(s->k, EC_GROUP_get0_order(p256)) < 0;
}

// Fails when the point is not on the curve (EC_POINT_oct2point checks that) or not 04 x y.
static int read_point(scratch *s, EC_POINT *point, const uint8_t *p65) {
    return p65[0] == POINT_CONVERSION_UNCOMPRESSED && EC_POINT_oct2point(p256, point, p65, POINT, s->bn);
}

static int write_point(scratch *s, const EC_POINT *point, uint8_t *out65) {
    return !EC_POINT_is_at_infinity(p256, point) &&
           EC_POINT_point2oct(p256, point, POINT_CONVERSION_UNCOMPRESSED, out65, POINT, s->bn) == POINT;
}

int shim_p256_scalar_is_valid(const uint8_t *scalar32) {
    scratch s;
    if (!scratch_new(&s)) return 0;
    int ok = read_scalar(&s, scalar32);
    scratch_free(&s);
    return ok;
}

int shim_p256_reduce(const uint8_t *number, size_t count, uint8_t *out32) {
    scratch s;
    if (count > 64 || !scratch_new(&s)) return 0;
    BIGNUM *remainder = BN_new();
    int ok = remainder && BN_bin2bn(number, (int)count, s.k) &&
             BN_nnmod(remainder, s.k, EC_GROUP_get0_order(p256), s.bn) &&
             BN_bn2binpad(remainder, out32, SCALAR) == SCALAR;
    BN_clear_free(remainder);
    scratch_free(&s);
    return ok;
}

int shim_p256_uncompress(const uint8_t *point33, uint8_t *out65) {
    scratch s;
    if (!scratch_new(&s)) return 0;
    int ok = EC_POINT_oct2point(p256, s.a, point33, COMPRESSED, s.bn) && write_point(&s, s.a, out65);
    scratch_free(&s);
    return ok;
}

int shim_p256_multiply_base(const uint8_t *k32, uint8_t *out65) {
    scratch s;
    if (!scratch_new(&s)) return 0;
    int ok = read_scalar(&s, k32) && EC_POINT_mul(p256, s.a, s.k, NULL, NULL, s.bn) &&
             write_point(&s, s.a, out65);
    scratch_free(&s);
    return ok;
}

int shim_p256_multiply(const uint8_t *k32, const uint8_t *point65, uint8_t *out65) {
    scratch s;
    if (!scratch_new(&s)) return 0;
    int ok = read_scalar(&s, k32) && read_point(&s, s.a, point65) &&
             EC_POINT_mul(p256, s.b, NULL, s.a, s.k, s.bn) && write_point(&s, s.b, out65);
    scratch_free(&s);
    return ok;
}

// Two multiplications and an addition rather than one call with both scalars: OpenSSL's generic code for the
// latter is not constant-time.
int shim_p256_blind(const uint8_t *k32, const uint8_t *w32, const uint8_t *fixed65, uint8_t *out65) {
    scratch s;
    if (!scratch_new(&s)) return 0;
    int ok = read_scalar(&s, w32) && read_point(&s, s.a, fixed65) &&
             EC_POINT_mul(p256, s.b, NULL, s.a, s.k, s.bn) && read_scalar(&s, k32) &&
             EC_POINT_mul(p256, s.a, s.k, NULL, NULL, s.bn) && EC_POINT_add(p256, s.a, s.a, s.b, s.bn) &&
             write_point(&s, s.a, out65);
    scratch_free(&s);
    return ok;
}

// P - w * F, into s->a.
static int unblind(scratch *s, const uint8_t *point65, const uint8_t *w32, const uint8_t *fixed65) {
    return read_scalar(s, w32) && read_point(s, s->a, fixed65) &&
           EC_POINT_mul(p256, s->b, NULL, s->a, s->k, s->bn) && EC_POINT_invert(p256, s->b, s->bn) &&
           read_point(s, s->a, point65) && EC_POINT_add(p256, s->a, s->a, s->b, s->bn);
}

int shim_p256_unblind(const uint8_t *point65, const uint8_t *w32, const uint8_t *fixed65, uint8_t *out65) {
    scratch s;
    if (!scratch_new(&s)) return 0;
    int ok = unblind(&s, point65, w32, fixed65) && write_point(&s, s.a, out65);
    scratch_free(&s);
    return ok;
}

int shim_p256_multiply_unblinded(const uint8_t *k32, const uint8_t *point65, const uint8_t *w32,
                                 const uint8_t *fixed65, uint8_t *out65) {
    scratch s;
    if (!scratch_new(&s)) return 0;
    int ok = unblind(&s, point65, w32, fixed65) && read_scalar(&s, k32) &&
             EC_POINT_mul(p256, s.b, NULL, s.a, s.k, s.bn) && write_point(&s, s.b, out65);
    scratch_free(&s);
    return ok;
}
