// The distribution's libcrypto and libssl. Wrapped here is only what the importer cannot see: macros and
// function-like macros. The prefix is rg_.
#ifndef RUNEGATE_COPENSSL_SHIM_H
#define RUNEGATE_COPENSSL_SHIM_H

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// SSL_CTX_ctrl and SSL_ctrl in disguise.
static inline int rg_SSL_CTX_set_min_proto_version(SSL_CTX *context, int version) {
    return (int)SSL_CTX_set_min_proto_version(context, version);
}
static inline int rg_SSL_set_tlsext_host_name(SSL *ssl, const char *name) {
    return (int)SSL_set_tlsext_host_name(ssl, name);
}
static inline long rg_SSL_CTX_set_mode(SSL_CTX *context, long mode) { return SSL_CTX_set_mode(context, mode); }
static inline int rg_BIO_pending(BIO *bio) { return (int)BIO_pending(bio); }
static inline int rg_BIO_should_retry(BIO *bio) { return BIO_should_retry(bio) ? 1 : 0; }
static inline long rg_BIO_set_mem_eof_return(BIO *bio, int value) { return BIO_set_mem_eof_return(bio, value); }

// OPENSSL_free records the caller's file and line, so it is a macro.
static inline void rg_OPENSSL_free(void *pointer) { OPENSSL_free(pointer); }

#endif
