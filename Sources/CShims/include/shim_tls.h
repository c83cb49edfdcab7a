// TLS 1.2 and later over a non-blocking socket. The caller polls; nothing here waits.
#ifndef OTPTOKEN_SHIM_TLS_H
#define OTPTOKEN_SHIM_TLS_H

#include <stddef.h>
#include <stdint.h>

typedef struct shim_tls_context shim_tls_context;
typedef struct shim_tls shim_tls;

enum {
    SHIM_TLS_DONE = 1,        // the step is done; for read and write, *moved says how many bytes
    SHIM_TLS_CLOSED = 0,      // the peer closed the connection properly (close_notify)
    SHIM_TLS_WANT_READ = -1,  // poll for reading, then call again
    SHIM_TLS_WANT_WRITE = -2, // poll for writing, then call again
    SHIM_TLS_CUT = -3,        // the connection ended without close_notify
    SHIM_TLS_FAILED = -4,     // see shim_tls_error
};

// For clients: verifies against the system's roots, or against ca_file alone when it is not NULL.
// NULL when it cannot be made or the file holds no certificate.
shim_tls_context *shim_tls_client_context(const char *ca_file);
// For servers: a PEM chain and its key. NULL when they do not load or do not match.
shim_tls_context *shim_tls_server_context(const char *chain_file, const char *key_file);
void shim_tls_context_free(shim_tls_context *context);

// A client's session checks the name of the peer: host is a DNS name, or an IP literal when is_address is 1.
shim_tls *shim_tls_connect(shim_tls_context *context, int socket, const char *host, int is_address);
// Before the handshake: TLS 1.3 or later, and this protocol alone (ALPN). A handshake may succeed without one:
// shim_tls_has_alpn tells.
int shim_tls_require(shim_tls *tls, const char *alpn);
int shim_tls_has_alpn(const shim_tls *tls, const char *alpn);
// Keying material of the session (RFC 8446, section 7.5).
int shim_tls_export(shim_tls *tls, const char *label, const uint8_t *context, size_t context_count, uint8_t *out,
                    size_t count);
shim_tls *shim_tls_accept(shim_tls_context *context, int socket);
void shim_tls_free(shim_tls *tls);

int shim_tls_handshake(shim_tls *tls);
int shim_tls_read(shim_tls *tls, uint8_t *into, size_t count, size_t *moved);
int shim_tls_write(shim_tls *tls, const uint8_t *from, size_t count, size_t *moved);
// Sends close_notify once, without waiting for the answer.
void shim_tls_close(shim_tls *tls);

// Why the certificate was refused (X509_V_ERR_*), 0 when it was not; and that in words.
long shim_tls_verify_error(const shim_tls *tls);
const char *shim_tls_verify_text(long error);
// Whether that reason may as well be a wrong clock: not valid yet, or expired.
int shim_tls_is_date_error(long error);
// What else went wrong, in libssl's words, or an empty text.
void shim_tls_error(char *into, size_t count);

#endif
