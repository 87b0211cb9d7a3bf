/* adapters.h of the settlement extension: its contracts over OpenSSL, SQLite, libcurl and files. Everything here does I/O. */
#ifndef OCPP_SETTLEMENT_ADAPTERS_H
#define OCPP_SETTLEMENT_ADAPTERS_H

#include <ocpp/settlement/keys.h>

OCPP_BEGIN_DECLARATIONS

/* --- keys over OpenSSL
 * ---------------------------------------------------------------------------------------------------------- */

/* ocpp_settle_given_secret: a secret the caller hands in. Copied. */
struct ocpp_settle_given_secret {
    const char *name;
    const void *bytes;
    size_t size; /* 32 to OCPP_SETTLE_SECRET_LIMIT */
};

struct ocpp_settle_keys_settings {
    const char *folder;  /* where the keys are kept, made (mode 0700) if it is not there; NULL: in memory, gone when closed */
    bool makes_no_keys;  /* a key that is missing is OCPP_ERR_NOT_FOUND; otherwise it is made when it is first asked for */
    size_t max_keys;     /* 0: 64; one more is OCPP_ERR_LIMIT */
    struct ocpp_log log; /* told when a key is made, and why one cannot be read; never a secret */
    const struct ocpp_settle_given_secret *given;
    size_t given_count;
};

/* ocpp_settle_keys_open: keys.h over OpenSSL 3. The folder holds NAME.secret, the bytes of a secret as hexadecimal digits on a
 * line, and NAME.pem, a P-256 key (PKCS #8, not encrypted), all of mode 0600: a file that others than its owner may read or write
 * is not used (OCPP_ERR_CRYPTO, and the log says so). A key that is made is on the disk whole before it is used, and one that
 * another process made meanwhile is taken instead. Keys are read once and then remembered until the handle is closed; keep_secret
 * replaces what is remembered. A secret that is given stands before the file of its name. The handle may be used by several
 * threads at a time. Close it with ocpp_settle_keys_close(). Errors: OCPP_ERR_ARGUMENT  a given secret has no valid name or size;
 * OCPP_ERR_STORAGE  the folder cannot be used; OCPP_ERR_NOMEM; OCPP_ERR_CRYPTO; OCPP_ERR_LIMIT. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_keys_open(const struct ocpp_settle_keys_settings *settings,
                                                              struct ocpp_settle_keys **keys);

/* ocpp_settle_keys_close: overwrites what it remembers and lets go. NULL is fine. */
OCPP_API void ocpp_settle_keys_close(struct ocpp_settle_keys *keys);

OCPP_END_DECLARATIONS

#endif
