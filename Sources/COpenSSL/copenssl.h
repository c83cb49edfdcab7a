// Says where OpenSSL 3 is and that it must be linked; CShims includes the headers that it calls.
#include <openssl/opensslv.h>
