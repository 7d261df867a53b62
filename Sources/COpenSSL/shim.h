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

// Written with SSL_OP_BIT, a function-like macro. No renegotiation: SSL_write can then not want to read (RFC 5746
// is moot); no compression: CRIME.
static inline uint64_t rg_SSL_CTX_refuse_renegotiation(SSL_CTX *context) {
    return SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
}

// The functions of a stack are made by macros. The DNS name at an index of a subjectAltName, or NULL where it
// holds a name of another kind.
static inline int rg_GENERAL_NAMES_count(const GENERAL_NAMES *names) { return sk_GENERAL_NAME_num(names); }
static inline const ASN1_STRING *rg_GENERAL_NAMES_dns(const GENERAL_NAMES *names, int index) {
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
    return name != NULL && name->type == GEN_DNS ? name->d.dNSName : NULL;
}
static inline void rg_GENERAL_NAMES_free(GENERAL_NAMES *names) { GENERAL_NAMES_free(names); }

// OPENSSL_free records the caller's file and line, so it is a macro.
static inline void rg_OPENSSL_free(void *pointer) { OPENSSL_free(pointer); }

#endif
