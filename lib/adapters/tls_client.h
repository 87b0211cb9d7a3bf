/* tls_client.h: how a client of ours judges the server it meets, and what it can say afterwards of a handshake that failed.
 *
 * libwebsockets keeps the reasons to itself; OpenSSL tells them while they happen, to callbacks of the context.
 */
#ifndef OCPP_TLS_CLIENT_H
#define OCPP_TLS_CLIENT_H

#include <ocpp/network.h>

#include <openssl/ssl.h>

/* ocpp_tls_expectation: whom a client wants to meet. */
struct ocpp_tls_expectation {
    const char *host; /* of the URL, without brackets */
    bool is_address;  /* it is no name */
    bool wildcards;   /* the certificate may name it by a wildcard (AllowCSMSTLSWildcards) */
};

/* ocpp_tls_report: what happened in a handshake. All zero before it. */
struct ocpp_tls_report {
    long verdict;         /* X509_V_OK, or why the certificate is refused */
    bool is_revoked;      /* the server's own answer about it says so */
    bool lacks_staple;    /* it promises an answer about its revocation and brings none that counts */
    int alert;            /* the last one, 0 where there was none or it was close_notify … */
    bool was_sent;        /* … and whether it was ours */
    bool is_before_hello; /* the server had not said anything yet */
    bool is_finished;     /* the handshake was complete */
};

/* ocpp_tls_watcher: finds what belongs to a connection. |find| returns NULL for one that is not cared for any more: its server is
 * refused. */
struct ocpp_tls_watcher {
    struct ocpp_tls_report *(*find)(void *owner, const SSL *ssl, struct ocpp_tls_expectation *expectation);
    void *owner;
};

/* ocpp_tls_client_watch: from now on |context| judges servers by chain, dates, strength (A00.FR.308, FR.411), name (A00.FR.309,
 * FR.412: the common name or an alternative name, in full) and an answer about revocation that the server brings along; and
 * reports. |watcher| is borrowed for the life of |context|. */
void ocpp_tls_client_watch(SSL_CTX *context, const struct ocpp_tls_watcher *watcher);

/* ocpp_tls_client_failure: what a handshake that failed amounts to. ocpp_tls_client_words: the same for people, "" where nothing
 * is known; at most |room| bytes. */
enum ocpp_connection_failure ocpp_tls_client_failure(const struct ocpp_tls_report *report);
void ocpp_tls_client_words(const struct ocpp_tls_report *report, char *words, size_t room);

#endif
