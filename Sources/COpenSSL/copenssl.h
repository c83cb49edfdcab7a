// Where OpenSSL 3 is. libcrypto is linked; libssl is opened when TLS is spoken (CShims/shim_tls.c).
#include <openssl/opensslv.h>
