/* tls_server.h: what the WebSocket server does TLS with: its certificates, whom it believes, and why a handshake failed.
 *
 * libwebsockets makes an SSL_CTX of its own for each port and thread, looks for its port by it, and takes one certificate. So it
 * decides how TLS is spoken; certificates and trust are those of the port, the same for all threads, and are given to each
 * connection when its hello has arrived. So they can be exchanged while connections stand, and no thread need be asked.
 */
#ifndef OCPP_TLS_SERVER_H
#define OCPP_TLS_SERVER_H

#include <ocpp/adapters.h>

#include <openssl/ssl.h>
#include <pthread.h>

/* What was read from the files of a port. */
struct ocpp_tls_material;

/* ocpp_tls_port: what hellos at one port get. */
struct ocpp_tls_port {
    pthread_mutex_t lock;
    struct ocpp_tls_material *material;
    bool lets_expired_in; /* client certificates */
};

/* ocpp_tls_failure: how far a handshake has come, kept with its connection; all 0 at its beginning. */
struct ocpp_tls_failure {
    uint32_t error;  /* OpenSSL's last word; 0: none */
    uint8_t verdict; /* X509_V_… on the peer's certificate; 0: good, or none */
    uint8_t alert;   /* the peer's; 0: none */
    bool is_finished;
};

/* ocpp_tls_hook: what OpenSSL's callbacks find their way by, one per context of libwebsockets. */
struct ocpp_tls_hook {
    struct ocpp_tls_port *port;
    struct ocpp_tls_failure *beginning; /* of the connection that is being made; it may have said its hello already */
};

/* ocpp_tls_material_read: reads the files of |listen|. NULL: |reason| gets one line. */
struct ocpp_tls_material *ocpp_tls_material_read(const struct ocpp_server_listen *listen, char *reason, size_t room);
void ocpp_tls_material_release(
    struct ocpp_tls_material *material); /* hellos that are being answered have their own share of it */

/* ocpp_tls_port_open: |material| is the port's from now on. False: no memory, and it is still the caller's. */
bool ocpp_tls_port_open(struct ocpp_tls_port *port, const struct ocpp_server_listen *listen, struct ocpp_tls_material *material);
void ocpp_tls_port_close(struct ocpp_tls_port *port);

/* ocpp_tls_port_exchange: hellos from now on get |material|; the one before is the caller's. From any thread. */
struct ocpp_tls_material *ocpp_tls_port_exchange(struct ocpp_tls_port *port, struct ocpp_tls_material *material);

/* ocpp_tls_server_adopt: |context|, which libwebsockets made for |listen|, speaks TLS as the standard wants it, with what the
 * port of |hook| has. |hook| is borrowed for life. */
void ocpp_tls_server_adopt(SSL_CTX *context, const struct ocpp_server_listen *listen, struct ocpp_tls_hook *hook);

/* ocpp_tls_server_watch: what happens in the handshake of |ssl| is noted in |failure| (NULL: no more), borrowed until then. */
void ocpp_tls_server_watch(SSL *ssl, struct ocpp_tls_failure *failure);

/* ocpp_tls_failure_words: why a handshake that was not finished was not. Of static life. */
const char *ocpp_tls_failure_words(const struct ocpp_tls_failure *failure);

/* ocpp_tls_read_client: what the verified client certificate of |ssl| says; texts in |text| (|room| bytes). False: it showed
 * none, or one that cannot be read, or that says more than there is room for. */
bool ocpp_tls_read_client(const SSL *ssl, struct ocpp_client_certificate *certificate, char *text, size_t room);

#endif
