#ifndef COPENSSL_SHIM_H
#define COPENSSL_SHIM_H
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>

/* Macros and variadic functions that Swift cannot see, one line each and without logic. */
static inline int COpenSSL_public_key_selection(void) { return EVP_PKEY_PUBLIC_KEY; }
static inline EVP_PKEY *COpenSSL_generate_rsa(unsigned int bits) { return EVP_RSA_gen(bits); }
static inline EVP_PKEY *COpenSSL_generate_ec(const char *curve) { return EVP_EC_gen(curve); }
static inline EVP_PKEY *COpenSSL_generate_ed25519(void) { return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"); }

/* A parameter builder keeps the pointer to a name until it is done: these live for ever, a bridged Swift string does not. */
static inline const char *COpenSSL_name_rsa_n(void) { return OSSL_PKEY_PARAM_RSA_N; }
static inline const char *COpenSSL_name_rsa_e(void) { return OSSL_PKEY_PARAM_RSA_E; }
static inline const char *COpenSSL_name_group(void) { return OSSL_PKEY_PARAM_GROUP_NAME; }
static inline const char *COpenSSL_name_public_key(void) { return OSSL_PKEY_PARAM_PUB_KEY; }
#endif
