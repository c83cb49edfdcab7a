#include "shim_crypto.h"
#include "shim_tls.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// libssl is opened when the first connection wants TLS, and not before: showing a code never needs it, and its
// loading would be a tenth of that. Each function below is called through this table.
#define LIBSSL(X)                                                                                     \
    X(OPENSSL_init_ssl) X(SSL_CTX_ctrl) X(SSL_CTX_check_private_key) X(SSL_CTX_free)                  \
    X(SSL_CTX_load_verify_file) X(SSL_CTX_new) X(SSL_CTX_set_default_verify_paths)                    \
    X(SSL_CTX_set_options) X(SSL_CTX_set_verify) X(SSL_CTX_use_PrivateKey_file)                       \
    X(SSL_CTX_use_certificate_chain_file) X(SSL_ctrl) X(SSL_do_handshake) X(SSL_free) X(SSL_get0_param) \
    X(SSL_get_error) X(SSL_get_verify_result) X(SSL_is_init_finished) X(SSL_new) X(SSL_read_ex)       \
    X(SSL_set1_host) X(SSL_set_accept_state) X(SSL_set_connect_state) X(SSL_set_fd)                   \
    X(SSL_export_keying_material) X(SSL_get0_alpn_selected) X(SSL_set_alpn_protos) X(SSL_set_hostflags) X(SSL_shutdown) X(SSL_write_ex) X(TLS_client_method) X(TLS_server_method)

#define MEMBER(name) __typeof__(&name) name;
static struct { LIBSSL(MEMBER) } libssl;

static pthread_once_t libssl_once = PTHREAD_ONCE_INIT;
static int libssl_complete;

static void libssl_open(void) {
    void *library = dlopen("libssl.so.3", RTLD_NOW | RTLD_LOCAL);
    if (!library) return;
#define FIND(name) (libssl.name = (__typeof__(&name))dlsym(library, #name)) &&
    libssl_complete = LIBSSL(FIND) 1;
}

#define OPENSSL_init_ssl libssl.OPENSSL_init_ssl
#define SSL_CTX_ctrl libssl.SSL_CTX_ctrl
#define SSL_CTX_check_private_key libssl.SSL_CTX_check_private_key
#define SSL_CTX_free libssl.SSL_CTX_free
#define SSL_CTX_load_verify_file libssl.SSL_CTX_load_verify_file
#define SSL_CTX_new libssl.SSL_CTX_new
#define SSL_CTX_set_default_verify_paths libssl.SSL_CTX_set_default_verify_paths
#define SSL_CTX_set_options libssl.SSL_CTX_set_options
#define SSL_CTX_set_verify libssl.SSL_CTX_set_verify
#define SSL_CTX_use_PrivateKey_file libssl.SSL_CTX_use_PrivateKey_file
#define SSL_CTX_use_certificate_chain_file libssl.SSL_CTX_use_certificate_chain_file
#define SSL_ctrl libssl.SSL_ctrl
#define SSL_do_handshake libssl.SSL_do_handshake
#define SSL_export_keying_material libssl.SSL_export_keying_material
#define SSL_free libssl.SSL_free
#define SSL_get0_alpn_selected libssl.SSL_get0_alpn_selected
#define SSL_get0_param libssl.SSL_get0_param
#define SSL_get_error libssl.SSL_get_error
#define SSL_get_verify_result libssl.SSL_get_verify_result
#define SSL_is_init_finished libssl.SSL_is_init_finished
#define SSL_new libssl.SSL_new
#define SSL_read_ex libssl.SSL_read_ex
#define SSL_set_alpn_protos libssl.SSL_set_alpn_protos
#define SSL_set1_host libssl.SSL_set1_host
#define SSL_set_accept_state libssl.SSL_set_accept_state
#define SSL_set_connect_state libssl.SSL_set_connect_state
#define SSL_set_fd libssl.SSL_set_fd
#define SSL_set_hostflags libssl.SSL_set_hostflags
#define SSL_shutdown libssl.SSL_shutdown
#define SSL_write_ex libssl.SSL_write_ex
#define TLS_client_method libssl.TLS_client_method
#define TLS_server_method libssl.TLS_server_method

struct shim_tls_context { SSL_CTX *ssl; };
struct shim_tls { SSL *ssl; int failed; };

static shim_tls_context *context_new(int server) {
    // Certificates do not verify in a process that started libcrypto without its lists.
    if (shim_crypto_is_offline()) return NULL;
    if (pthread_once(&libssl_once, libssl_open) != 0 || !libssl_complete) return NULL;
    shim_tls_context *context = calloc(1, sizeof *context);
    if (!context) return NULL;
    context->ssl = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
    if (context->ssl && SSL_CTX_set_min_proto_version(context->ssl, TLS1_2_VERSION)) {
        SSL_CTX_set_mode(context->ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                            SSL_MODE_RELEASE_BUFFERS);
        // Without this libssl reads on by itself as long as a peer sends key updates, past every deadline.
        SSL_CTX_clear_mode(context->ssl, SSL_MODE_AUTO_RETRY);
        SSL_CTX_set_options(context->ssl, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                                SSL_OP_CLEANSE_PLAINTEXT);
        return context;
    }
    shim_tls_context_free(context);
    return NULL;
}

shim_tls_context *shim_tls_client_context(const char *ca_file) {
    shim_tls_context *context = context_new(0);
    if (!context) return NULL;
    SSL_CTX_set_verify(context->ssl, SSL_VERIFY_PEER, NULL);
    int loaded = ca_file ? SSL_CTX_load_verify_file(context->ssl, ca_file)
                         : SSL_CTX_set_default_verify_paths(context->ssl);
    if (loaded == 1) return context;
    shim_tls_context_free(context);
    return NULL;
}

shim_tls_context *shim_tls_server_context(const char *chain_file, const char *key_file) {
    shim_tls_context *context = context_new(1);
    // Resumption is by tickets, which the clients keep.
    if (context) SSL_CTX_set_session_cache_mode(context->ssl, SSL_SESS_CACHE_OFF);
    if (context && SSL_CTX_use_certificate_chain_file(context->ssl, chain_file) == 1 &&
        SSL_CTX_use_PrivateKey_file(context->ssl, key_file, SSL_FILETYPE_PEM) == 1 &&
        SSL_CTX_check_private_key(context->ssl) == 1)
        return context;
    shim_tls_context_free(context);
    return NULL;
}

void shim_tls_context_free(shim_tls_context *context) {
    if (!context) return;
    SSL_CTX_free(context->ssl);
    free(context);
}

static shim_tls *session_new(shim_tls_context *context, int socket) {
    shim_tls *tls = calloc(1, sizeof *tls);
    if (!tls) return NULL;
    tls->ssl = SSL_new(context->ssl);
    if (tls->ssl && SSL_set_fd(tls->ssl, socket)) return tls;
    shim_tls_free(tls);
    return NULL;
}

shim_tls *shim_tls_connect(shim_tls_context *context, int socket, const char *host, int is_address) {
    shim_tls *tls = session_new(context, socket);
    if (!tls) return NULL;
    int named;
    if (is_address) {
        // A literal is matched against the address entries of the certificate; SNI takes names only.
        named = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls->ssl), host);
    } else {
        SSL_set_hostflags(tls->ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
        named = SSL_set1_host(tls->ssl, host) && SSL_set_tlsext_host_name(tls->ssl, host);
    }
    if (named) {
        SSL_set_connect_state(tls->ssl);
        return tls;
    }
    shim_tls_free(tls);
    return NULL;
}

int shim_tls_require(shim_tls *tls, const char *alpn) {
    uint8_t list[64];
    size_t count = strlen(alpn);
    if (count >= sizeof list) return 0;
    list[0] = (uint8_t)count;
    memcpy(list + 1, alpn, count);
    // Unlike all others this function answers 0 when it has done it.
    return SSL_set_min_proto_version(tls->ssl, TLS1_3_VERSION) && SSL_set_alpn_protos(tls->ssl, list, count + 1) == 0;
}

int shim_tls_has_alpn(const shim_tls *tls, const char *alpn) {
    const unsigned char *selected = NULL;
    unsigned count = 0;
    SSL_get0_alpn_selected(tls->ssl, &selected, &count);
    return selected && count == strlen(alpn) && memcmp(selected, alpn, count) == 0;
}

int shim_tls_export(shim_tls *tls, const char *label, const uint8_t *context, size_t context_count, uint8_t *out,
                    size_t count) {
    return SSL_export_keying_material(tls->ssl, out, count, label, strlen(label), context, context_count, 1) == 1;
}

shim_tls *shim_tls_accept(shim_tls_context *context, int socket) {
    shim_tls *tls = session_new(context, socket);
    if (tls) SSL_set_accept_state(tls->ssl);
    return tls;
}

void shim_tls_free(shim_tls *tls) {
    if (!tls) return;
    SSL_free(tls->ssl);
    free(tls);
}

static int outcome(shim_tls *tls, int result) {
    if (result == 1) return SHIM_TLS_DONE;
    switch (SSL_get_error(tls->ssl, result)) {
    case SSL_ERROR_WANT_READ: return SHIM_TLS_WANT_READ;
    case SSL_ERROR_WANT_WRITE: return SHIM_TLS_WANT_WRITE;
    case SSL_ERROR_ZERO_RETURN: return SHIM_TLS_CLOSED;
    case SSL_ERROR_SYSCALL: tls->failed = 1; return SHIM_TLS_CUT;
    default:
        tls->failed = 1;
        return ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING ? SHIM_TLS_CUT
                                                                                        : SHIM_TLS_FAILED;
    }
}

int shim_tls_handshake(shim_tls *tls) {
    ERR_clear_error();
    return outcome(tls, SSL_do_handshake(tls->ssl));
}

int shim_tls_read(shim_tls *tls, uint8_t *into, size_t count, size_t *moved) {
    ERR_clear_error();
    return outcome(tls, SSL_read_ex(tls->ssl, into, count, moved));
}

int shim_tls_write(shim_tls *tls, const uint8_t *from, size_t count, size_t *moved) {
    ERR_clear_error();
    return outcome(tls, SSL_write_ex(tls->ssl, from, count, moved));
}

void shim_tls_close(shim_tls *tls) {
    // After a fatal error SSL_shutdown must not be called.
    if (tls->failed || !SSL_is_init_finished(tls->ssl)) return;
    ERR_clear_error();
    (void)SSL_shutdown(tls->ssl);
}

long shim_tls_verify_error(const shim_tls *tls) { return SSL_get_verify_result(tls->ssl); }

const char *shim_tls_verify_text(long error) { return X509_verify_cert_error_string(error); }

int shim_tls_is_date_error(long error) {
    return error == X509_V_ERR_CERT_NOT_YET_VALID || error == X509_V_ERR_CERT_HAS_EXPIRED;
}

void shim_tls_error(char *into, size_t count) {
    if (count == 0) return;
    into[0] = 0;
    // libcrypto's strings are not loaded for the sake of start-up; here they are worth their time.
    OPENSSL_init_ssl(OPENSSL_INIT_LOAD_SSL_STRINGS | OPENSSL_INIT_LOAD_CRYPTO_STRINGS, NULL);
    unsigned long error = ERR_peek_error();
    const char *reason = error ? ERR_reason_error_string(error) : NULL;
    if (!reason) return;
    strncpy(into, reason, count - 1);
    into[count - 1] = 0;
}
