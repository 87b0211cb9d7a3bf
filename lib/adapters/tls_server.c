/* tls_server.c: the server's side of TLS: see tls_server.h. */
#include "tls_server.h"

#include "crypto_openssl.h"
#include "tls_context.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/* --- OpenSSL's objects and ours ------------------------------------------------------------------------------------------ */

/* libwebsockets keeps its own in the place of SSL_set_app_data(). The numbers of other places are OpenSSL's, one for all. */
static pthread_once_t places_made = PTHREAD_ONCE_INIT;
static int context_place;
static int connection_place;

static void make_places(void)
{
    context_place = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, NULL);
    connection_place = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
}

/* --- whom it believes ------------------------------------------------------------------------------------------------------ */

static struct ocpp_tls_hook *hook_of(const SSL *ssl)
{
    return SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), context_place);
}

static bool lets_expired_in(const SSL *ssl)
{
    return hook_of(ssl)->port->lets_expired_in;
}

/* An issuer without a list revoked nothing, and an old list still says what was revoked. An expired certificate is for the host
 * to judge, where it said so; everything else has to be right all the same. */
static int judge(int is_good, X509_STORE_CTX *store)
{
    const SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    if (is_good)
        return 1;
    switch (X509_STORE_CTX_get_error(store)) {
    case X509_V_ERR_UNABLE_TO_GET_CRL:
    case X509_V_ERR_CRL_HAS_EXPIRED:
        X509_STORE_CTX_set_error(store, X509_V_OK);
        return 1;
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return X509_STORE_CTX_get_error_depth(store) == 0 && lets_expired_in(ssl);
    default:
        return 0;
    }
}

static bool load_crls(SSL_CTX *context, const char *file)
{
    X509_STORE *store = SSL_CTX_get_cert_store(context);
    X509_LOOKUP *lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());
    return lookup != NULL && X509_load_crl_file(lookup, file, X509_FILETYPE_PEM) > 0 &&
           X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL) == 1;
}

/* Whoever is listed is believed, a sub-CA too: so an operator need not believe everything under the root of a large CA. */
static bool load_client_ca(SSL_CTX *context, const char *file)
{
    STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(file);
    if (names == NULL)
        return false;
    SSL_CTX_set_client_CA_list(context, names);
    return SSL_CTX_load_verify_file(context, file) == 1 &&
           X509_STORE_set_flags(SSL_CTX_get_cert_store(context), X509_V_FLAG_PARTIAL_CHAIN) == 1;
}

/* --- what the files say ---------------------------------------------------------------------------------------------------- */

struct own_certificate {
    X509 *certificate;
    EVP_PKEY *key;
    STACK_OF(X509) * chain;
};

/* The context speaks with nobody: OpenSSL reads files into one. */
struct ocpp_tls_material {
    SSL_CTX *context;
    struct own_certificate own[OCPP_SERVER_CERTIFICATES];
    size_t own_count;
    atomic_size_t shares;
};

static bool is_of_same_kind(const struct ocpp_tls_material *material, const EVP_PKEY *key)
{
    for (size_t i = 0; i < material->own_count; i++) {
        if (EVP_PKEY_get_base_id(material->own[i].key) == EVP_PKEY_get_base_id(key))
            return true;
    }
    return false;
}

/* The next of its kind takes its place in the context. */
static bool keep_own(SSL_CTX *context, struct own_certificate *own)
{
    STACK_OF(X509) *chain = NULL;
    (void)SSL_CTX_get0_chain_certs(context, &chain);
    own->certificate = SSL_CTX_get0_certificate(context);
    own->key = SSL_CTX_get0_privatekey(context);
    (void)X509_up_ref(own->certificate);
    (void)EVP_PKEY_up_ref(own->key);
    own->chain = chain != NULL ? X509_chain_up_ref(chain) : NULL;
    return chain == NULL || own->chain != NULL;
}

/* OpenSSL notes what the extensions say when it first asks for them: better before several threads do. */
static void read_extensions(X509 *certificate)
{
    (void)X509_check_purpose(certificate, -1, 0);
}

static void read_all_extensions(struct ocpp_tls_material *material)
{
    STACK_OF(X509_OBJECT) *believed = X509_STORE_get0_objects(SSL_CTX_get_cert_store(material->context));
    for (int i = 0; i < sk_X509_OBJECT_num(believed); i++) {
        X509 *certificate = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(believed, i));
        if (certificate != NULL)
            read_extensions(certificate);
    }
    for (size_t i = 0; i < material->own_count; i++) {
        read_extensions(material->own[i].certificate);
        for (int at = 0; at < sk_X509_num(material->own[i].chain); at++)
            read_extensions(sk_X509_value(material->own[i].chain, at));
    }
    ERR_clear_error();
}

static enum ocpp_status load_own(struct ocpp_tls_material *material, const struct ocpp_server_certificate *files, char *reason,
                                 size_t room)
{
    SSL_CTX *context = material->context;
    const enum ocpp_status status = ocpp_tls_use_pair(context, files->certificate_file, files->key_file, reason, room);
    if (status != OCPP_OK)
        return status;
    if (is_of_same_kind(material, SSL_CTX_get0_privatekey(context))) {
        (void)snprintf(reason, room, "certificate %s: there is one with a key of that kind already", files->certificate_file);
        return OCPP_ERR_TLS;
    }
    return keep_own(context, &material->own[material->own_count++]) ? OCPP_OK : OCPP_ERR_NOMEM;
}

static enum ocpp_status load(struct ocpp_tls_material *material, const struct ocpp_server_listen *listen, char *reason,
                             size_t room)
{
    enum ocpp_status status = OCPP_OK;
    for (size_t i = 0; i < OCPP_SERVER_CERTIFICATES && status == OCPP_OK; i++) {
        if (listen->certificates[i].certificate_file != NULL || listen->certificates[i].key_file != NULL)
            status = load_own(material, &listen->certificates[i], reason, room);
    }
    if (status != OCPP_OK)
        return status;
    if (listen->client_ca_file != NULL && !load_client_ca(material->context, listen->client_ca_file))
        return ocpp_tls_refuse("client CA", listen->client_ca_file, reason, room);
    if (listen->crl_file != NULL && !load_crls(material->context, listen->crl_file))
        return ocpp_tls_refuse("CRL", listen->crl_file, reason, room);
    read_all_extensions(material);
    return OCPP_OK;
}

struct ocpp_tls_material *ocpp_tls_material_read(const struct ocpp_server_listen *listen, char *reason, size_t room)
{
    struct ocpp_tls_material *material = calloc(1, sizeof *material);
    ERR_clear_error();
    (void)snprintf(reason, room, "out of memory");
    if (material == NULL)
        return NULL;
    atomic_init(&material->shares, 1);
    material->context = ocpp_tls_new_context(TLS_server_method());
    if (material->context == NULL || load(material, listen, reason, room) != OCPP_OK) {
        ocpp_tls_material_release(material);
        return NULL;
    }
    return material;
}

void ocpp_tls_material_release(struct ocpp_tls_material *material)
{
    if (material == NULL || atomic_fetch_sub(&material->shares, 1) != 1)
        return;
    for (size_t i = 0; i < material->own_count; i++) {
        X509_free(material->own[i].certificate);
        EVP_PKEY_free(material->own[i].key);
        crypto_free_chain(material->own[i].chain);
    }
    SSL_CTX_free(material->context);
    free(material);
}

/* --- ports ----------------------------------------------------------------------------------------------------------------- */

bool ocpp_tls_port_open(struct ocpp_tls_port *port, const struct ocpp_server_listen *listen, struct ocpp_tls_material *material)
{
    if (pthread_mutex_init(&port->lock, NULL) != 0)
        return false;
    port->material = material;
    port->lets_expired_in = listen->expired_certificates;
    return true;
}

void ocpp_tls_port_close(struct ocpp_tls_port *port)
{
    ocpp_tls_material_release(port->material);
    port->material = NULL;
    (void)pthread_mutex_destroy(&port->lock);
}

struct ocpp_tls_material *ocpp_tls_port_exchange(struct ocpp_tls_port *port, struct ocpp_tls_material *material)
{
    (void)pthread_mutex_lock(&port->lock);
    struct ocpp_tls_material *before = port->material;
    port->material = material;
    (void)pthread_mutex_unlock(&port->lock);
    return before;
}

static struct ocpp_tls_material *share(struct ocpp_tls_port *port)
{
    (void)pthread_mutex_lock(&port->lock);
    struct ocpp_tls_material *material = port->material;
    atomic_fetch_add(&material->shares, 1);
    (void)pthread_mutex_unlock(&port->lock);
    return material;
}

/* --- handshakes ------------------------------------------------------------------------------------------------------------ */

/* A connection takes its bytes as soon as it is made, before anybody could give it something of its own. */
static struct ocpp_tls_failure *failure_of(SSL *ssl)
{
    struct ocpp_tls_failure *failure = SSL_get_ex_data(ssl, connection_place);
    if (failure != NULL || hook_of(ssl)->beginning == NULL)
        return failure;
    (void)SSL_set_ex_data(ssl, connection_place, hook_of(ssl)->beginning);
    return hook_of(ssl)->beginning;
}

static bool give(SSL *ssl, const struct ocpp_tls_material *material)
{
    STACK_OF(X509_NAME) *names = SSL_CTX_get_client_CA_list(material->context);
    SSL_certs_clear(ssl);
    for (size_t i = 0; i < material->own_count; i++) {
        const struct own_certificate *own = &material->own[i];
        if (SSL_use_cert_and_key(ssl, own->certificate, own->key, own->chain, 1) != 1)
            return false;
    }
    if (names != NULL)
        SSL_set_client_CA_list(ssl, SSL_dup_CA_list(names));
    return SSL_set1_verify_cert_store(ssl, SSL_CTX_get_cert_store(material->context)) == 1;
}

static int take_hello(SSL *ssl, int *alert, void *argument)
{
    const struct ocpp_tls_hook *hook = argument;
    struct ocpp_tls_material *material = share(hook->port);
    const bool is_given = give(ssl, material);
    ocpp_tls_material_release(material);
    *alert = SSL_AD_INTERNAL_ERROR;
    return is_given ? SSL_CLIENT_HELLO_SUCCESS : SSL_CLIENT_HELLO_ERROR;
}

/* A resumed session shows the certificate of an earlier handshake, which nobody looks at again: it may have expired or been
 * revoked since, and the port may believe others now. */
static void resume_nothing(SSL_CTX *context)
{
    (void)SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    (void)SSL_CTX_set_num_tickets(context, 0);
}

static int verify_mode(const struct ocpp_server_listen *listen)
{
    if (listen->client_ca_file == NULL)
        return SSL_VERIFY_NONE;
    if (listen->security_profiles == UINT32_C(1) << OCPP_SECURITY_CERTIFICATE)
        return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    return SSL_VERIFY_PEER;
}

/* --- why it failed --------------------------------------------------------------------------------------------------------- */

static void note(const SSL *ssl, int where, int what)
{
    struct ocpp_tls_failure *failure = failure_of((SSL *)(uintptr_t)ssl);
    if (failure == NULL)
        return;
    if ((where & SSL_CB_HANDSHAKE_DONE) != 0)
        failure->is_finished = true;
    if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT && (what & 0xff) != SSL_AD_CLOSE_NOTIFY)
        failure->alert = (uint8_t)what;
    if ((where & SSL_CB_WRITE_ALERT) == SSL_CB_WRITE_ALERT)
        failure->verdict = (uint8_t)SSL_get_verify_result(ssl);
    if ((where & SSL_CB_EXIT) != 0 && what <= 0 && ERR_peek_last_error() != 0)
        failure->error = (uint32_t)ERR_peek_last_error();
}

void ocpp_tls_server_adopt(SSL_CTX *context, const struct ocpp_server_listen *listen, struct ocpp_tls_hook *hook)
{
    (void)ocpp_tls_harden(context);
    (void)SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE); /* forward secrecy first, where the station has it */
    (void)SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);   /* what is to be resumed, the station keeps */
    SSL_CTX_set_verify(context, verify_mode(listen), judge);
    if (listen->client_ca_file != NULL)
        resume_nothing(context);
    (void)pthread_once(&places_made, make_places);
    (void)SSL_CTX_set_ex_data(context, context_place, hook);
    SSL_CTX_set_client_hello_cb(context, take_hello, hook);
    /* libwebsockets' own looks for a virtual host by the name the station gives, finds that of another port, and takes its word
     * for who is believed: here the port alone decides */
    (void)SSL_CTX_set_tlsext_servername_callback(context, NULL);
    SSL_CTX_set_info_callback(context, note);
}

void ocpp_tls_server_watch(SSL *ssl, struct ocpp_tls_failure *failure)
{
    (void)SSL_set_ex_data(ssl, connection_place, failure);
}

const char *ocpp_tls_failure_words(const struct ocpp_tls_failure *failure)
{
    if (failure->verdict != X509_V_OK)
        return X509_verify_cert_error_string(failure->verdict);
    if (failure->alert != 0)
        return SSL_alert_desc_string_long(failure->alert);
    const char *words = failure->error != 0 ? ERR_reason_error_string(failure->error) : NULL;
    return words != NULL ? words : "it hung up";
}

/* --- what it showed -------------------------------------------------------------------------------------------------------- */

/* |to| is moved on. */
static const char *print_name(const X509_NAME *name, char **to, size_t *room)
{
    char *text = *to;
    BIO *bio = BIO_new(BIO_s_mem());
    int size = -1;
    if (bio != NULL && X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253) >= 0 && BIO_pending(bio) < (int)*room)
        size = BIO_read(bio, text, (int)*room - 1);
    BIO_free(bio);
    if (size <= 0)
        return NULL;
    text[size] = '\0';
    *to += size + 1;
    *room -= (size_t)size + 1;
    return text;
}

/* Of several common names none is the name. */
static bool has_one_name(const X509 *certificate)
{
    const X509_NAME *name = X509_get_subject_name(certificate);
    const int first = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    return first >= 0 && X509_NAME_get_index_by_NID(name, NID_commonName, first) < 0;
}

static bool read_certificate(X509 *certificate, struct ocpp_client_certificate *told, char *text, size_t room)
{
    unsigned int size = 0;
    if (crypto_tell(certificate, &told->info) != OCPP_OK || X509_digest(certificate, EVP_sha256(), told->sha256, &size) != 1)
        return false;
    if (!has_one_name(certificate))
        told->info.common_name[0] = '\0';
    told->subject = print_name(X509_get_subject_name(certificate), &text, &room);
    told->issuer = print_name(X509_get_issuer_name(certificate), &text, &room);
    return told->subject != NULL && told->issuer != NULL;
}

bool ocpp_tls_read_client(const SSL *ssl, struct ocpp_client_certificate *told, char *text, size_t room)
{
    const long verdict = SSL_get_verify_result(ssl);
    X509 *certificate = SSL_get1_peer_certificate(ssl);
    bool is_read = false;
    if (certificate != NULL && (verdict == X509_V_OK || (verdict == X509_V_ERR_CERT_HAS_EXPIRED && lets_expired_in(ssl))))
        is_read = read_certificate(certificate, told, text, room);
    told->has_expired = verdict != X509_V_OK;
    X509_free(certificate);
    ERR_clear_error();
    return is_read;
}
