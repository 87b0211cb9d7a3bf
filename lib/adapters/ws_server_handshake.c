/* ws_server_handshake.c: who may come in, and as what. Every refusal is an HTTP answer; libwebsockets by itself would hang up on
 * most of them.
 *
 * libwebsockets takes the first subprotocol of the client's that the vhost knows. The vhost knows one, and its name is set here,
 * before libwebsockets looks: so what a station may speak can differ from station to station.
 */
#define _POSIX_C_SOURCE 200809L

#include "adapter_support.h"
#include "ws_server.h"
#include "ws_url.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
    PATH_SIZE = 1024,
    OFFERS_SIZE = 127, /* libwebsockets 4.1.6 takes no longer list */
    CREDENTIALS_SIZE = 512,
    NAMES_SIZE = 2048,  /* of a certificate: its subject and issuer */
    KEY_CHARACTERS = 24 /* RFC 6455 4.1: 16 bytes as base64 */
};

/* --- small readings ---------------------------------------------------------------------------------------------- */

/* False when the header is absent or does not fit. */
static bool read_header(struct lws *wsi, enum lws_token_indexes token, char *to, size_t room)
{
    to[0] = '\0';
    return lws_hdr_total_length(wsi, token) > 0 && lws_hdr_copy(wsi, to, (int)room, token) > 0;
}

static bool is_token_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

/* The next word of a list with commas; NULL at its end, or where it is no such list (|*broken|). A word begins with no digit:
 * libwebsockets 4.1.6 takes that for a number, and the list for broken. */
static const char *next_word(const char **at, size_t *size, bool *broken)
{
    const char *start = *at + strspn(*at, " \t");
    const char *end = start;
    while (is_token_character(*end))
        end++;
    const char *behind = end + strspn(end, " \t");
    *size = (size_t)(end - start);
    *broken = *start != '\0' && (end == start || (*start >= '0' && *start <= '9') || (*behind != ',' && *behind != '\0'));
    *at = *behind == ',' ? behind + 1 : behind;
    return *size > 0 && !*broken ? start : NULL;
}

static bool list_has(const char *list, const char *word)
{
    size_t size = 0;
    bool broken = false;
    for (const char *found; (found = next_word(&list, &size, &broken)) != NULL;) {
        if (size == strlen(word) && strncasecmp(found, word, size) == 0)
            return true;
    }
    return false;
}

/* --- what a handshake must have ---------------------------------------------------------------------------------- */

/* 0: it is a WebSocket handshake. */
static int form_fault(struct lws *wsi, const char *upgrade, const char **headers)
{
    char text[PATH_SIZE];
    *headers = NULL;
    if (strcasecmp(upgrade, "websocket") != 0)
        return 400;
    if (lws_hdr_total_length(wsi, WSI_TOKEN_GET_URI) <= 0) {
        *headers = "Allow: GET\r\n";
        return 405;
    }
    if (!read_header(wsi, WSI_TOKEN_VERSION, text, sizeof text) || strcmp(text, "13") != 0) {
        *headers = "Sec-WebSocket-Version: 13\r\n";
        return 426;
    }
    if (!read_header(wsi, WSI_TOKEN_CONNECTION, text, 127) || !list_has(text, "upgrade"))
        return 400;
    if (!read_header(wsi, WSI_TOKEN_KEY, text, sizeof text) || strlen(text) != KEY_CHARACTERS)
        return 400;
    return lws_hdr_total_length(wsi, WSI_TOKEN_HOST) > 0 ? 0 : 400;
}

/* --- what the station shows -------------------------------------------------------------------------------------- */

struct shown {
    char path[PATH_SIZE];
    char address[SERVER_ADDRESS_SIZE];
    char credentials[CREDENTIALS_SIZE]; /* user, NUL, password */
    struct ocpp_client_certificate certificate;
    char names[NAMES_SIZE]; /* of the certificate */
};

/* Authorization: Basic. What cannot be read counts as not sent. */
static void read_basic(struct lws *wsi, struct shown *shown, struct ocpp_handshake *handshake)
{
    char header[CREDENTIALS_SIZE];
    if (!read_header(wsi, WSI_TOKEN_HTTP_AUTHORIZATION, header, sizeof header) || strncasecmp(header, "basic ", 6) != 0)
        return;
    const char *encoded = header + 6 + strspn(header + 6, " ");
    const int size = lws_b64_decode_string(encoded, shown->credentials, (int)sizeof shown->credentials);
    OPENSSL_cleanse(header, sizeof header);
    if (size <= 0 || (size_t)size >= sizeof shown->credentials)
        return;
    char *colon = memchr(shown->credentials, ':', (size_t)size);
    if (colon == NULL)
        return;
    *colon = '\0';
    shown->credentials[size] = '\0';
    handshake->has_basic = true;
    handshake->basic_user = shown->credentials;
    handshake->basic_password = colon + 1;
    handshake->basic_password_size = (size_t)(shown->credentials + size - (colon + 1));
}

static enum ocpp_security_profile shown_profile(const struct ocpp_handshake *handshake)
{
    if (handshake->certificate != NULL)
        return OCPP_SECURITY_CERTIFICATE;
    if (!handshake->has_basic)
        return OCPP_SECURITY_NONE;
    return handshake->tls ? OCPP_SECURITY_TLS : OCPP_SECURITY_BASIC;
}

/* The client certificate that was verified in the TLS handshake. */
static void read_certificate(struct lws *wsi, struct shown *shown, struct ocpp_handshake *handshake)
{
    const SSL *ssl = lws_get_ssl(wsi);
    if (ssl != NULL && ocpp_tls_read_client(ssl, &shown->certificate, shown->names, sizeof shown->names))
        handshake->certificate = &shown->certificate;
}

static int verdict_status(enum ocpp_admission_verdict verdict)
{
    static const int statuses[] = {
        [OCPP_ADMISSION_ACCEPT] = 0,      [OCPP_ADMISSION_UNKNOWN_STATION] = 404, [OCPP_ADMISSION_UNAUTHORIZED] = 401,
        [OCPP_ADMISSION_FORBIDDEN] = 403, [OCPP_ADMISSION_OVERLOADED] = 503,
    };
    return statuses[verdict];
}

static struct ocpp_admission ask_host(struct connection *connection, struct shown *shown, const char *identity)
{
    const struct ocpp_server_settings *settings = &connection->thread->server->settings;
    if (settings->admit == NULL)
        return (struct ocpp_admission){ .verdict = OCPP_ADMISSION_ACCEPT };
    struct ocpp_handshake handshake = {
        .identity = identity,
        .path = shown->path,
        .address = shown->address,
        .listen = connection->listen,
        .tls = ocpp_ws_came_by_tls(connection),
    };
    ocpp_ws_peer_text(connection, shown->address);
    read_basic(connection->wsi, shown, &handshake);
    read_certificate(connection->wsi, shown, &handshake);
    handshake.security_profile = shown_profile(&handshake);
    const struct ocpp_admission admission = settings->admit(&handshake, settings->user);
    OPENSSL_cleanse(shown->credentials, sizeof shown->credentials);
    return admission;
}

/* --- the version ------------------------------------------------------------------------------------------------- */
enum choice { CHOICE_MADE, CHOICE_NONE_OFFERED, CHOICE_NONE_COMMON, CHOICE_UNREADABLE };

/* The first of |offers| that is among |allowed|. */
static enum choice choose_version(const char *offers, uint32_t allowed, enum ocpp_version *version)
{
    size_t size = 0;
    bool broken = false;
    bool any = false;
    for (const char *found; (found = next_word(&offers, &size, &broken)) != NULL;) {
        char word[SERVER_SUBPROTOCOL_SIZE] = "";
        any = true;
        if (size < sizeof word)
            memcpy(word, found, size);
        *version = strncmp(word, "ocpp", 4) == 0 ? ocpp_version_of(word) : OCPP_VERSION_NONE;
        if (*version != OCPP_VERSION_NONE && (allowed & UINT32_C(1) << *version) != 0)
            return CHOICE_MADE;
    }
    *version = OCPP_VERSION_NONE;
    if (broken)
        return CHOICE_UNREADABLE;
    return any ? CHOICE_NONE_COMMON : CHOICE_NONE_OFFERED;
}

/* The oldest version among |allowed|, for a station that offers none and is known for it. */
static enum choice choose_for_silent(struct pending_handshake *pending, uint32_t allowed)
{
    for (int version = OCPP_VERSION_NONE + 1; version < OCPP_VERSION_COUNT; version++) {
        if ((allowed & UINT32_C(1) << version) == 0)
            continue;
        pending->version = (enum ocpp_version)version;
        pending->survived |= OCPP_QUIRK_NO_SUBPROTOCOL;
        return CHOICE_MADE;
    }
    return CHOICE_NONE_COMMON;
}

/* Fills the version of the handshake at hand. */
static enum choice read_choice(struct connection *connection, uint32_t allowed, uint32_t quirks)
{
    const struct ocpp_server *server = connection->thread->server;
    struct pending_handshake *pending = &connection->thread->handshake;
    char offers[OFFERS_SIZE + 1] = "";
    if (lws_hdr_total_length(connection->wsi, WSI_TOKEN_PROTOCOL) >= OFFERS_SIZE)
        return CHOICE_UNREADABLE;
    (void)read_header(connection->wsi, WSI_TOKEN_PROTOCOL, offers, sizeof offers);
    const enum choice choice = choose_version(offers, allowed, &pending->version);
    if (choice == CHOICE_NONE_OFFERED && (quirks & OCPP_QUIRK_NO_SUBPROTOCOL) != 0)
        return choose_for_silent(pending, allowed);
    if (choice != CHOICE_NONE_OFFERED || server->no_subprotocol[0] == '\0')
        return choice;
    pending->version = ocpp_version_of(server->no_subprotocol);
    return (allowed & UINT32_C(1) << pending->version) != 0 ? CHOICE_MADE : CHOICE_NONE_COMMON;
}

/* OCPP 2.1 part 4, 3.3: a handshake without Sec-WebSocket-Protocol, and a close frame behind it. libwebsockets has no words for
 * it. */
static int complete_and_close(struct connection *connection)
{
    static const char magic[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    struct lws *wsi = connection->wsi;
    char text[KEY_CHARACTERS + sizeof magic], accept[32];
    unsigned char hash[20], answer[LWS_PRE + 256];
    if (lws_hdr_copy(wsi, text, KEY_CHARACTERS + 1, WSI_TOKEN_KEY) != KEY_CHARACTERS)
        return -1;
    memcpy(text + KEY_CHARACTERS, magic, sizeof magic);
    (void)lws_SHA1((unsigned char *)text, KEY_CHARACTERS + sizeof magic - 1, hash);
    if (lws_b64_encode_string((const char *)hash, sizeof hash, accept, sizeof accept) < 0)
        return -1;
    const int size = snprintf((char *)answer + LWS_PRE, sizeof answer - LWS_PRE,
                              "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                              "Sec-WebSocket-Accept: %s\r\n\r\n%c%c%c%cno common version",
                              accept, 0x88, 2 + 17, LWS_CLOSE_STATUS_PROTOCOL_ERR >> 8, LWS_CLOSE_STATUS_PROTOCOL_ERR & 0xff);
    (void)lws_write(wsi, answer + LWS_PRE, (size_t)size, LWS_WRITE_HTTP_HEADERS);
    return -1;
}

static int refuse_version(struct connection *connection, enum choice choice, const char *identity)
{
    const struct ocpp_server *server = connection->thread->server;
    static const char *const words[] = {
        [CHOICE_MADE] = "",
        [CHOICE_NONE_OFFERED] = "it offers no version (would pass with quirk no-subprotocol)",
        [CHOICE_NONE_COMMON] = "it offers no version that it may speak",
        [CHOICE_UNREADABLE] = "its list of versions cannot be read",
    };
    const bool complete = choice == CHOICE_NONE_COMMON && server->settings.mismatch == OCPP_MISMATCH_COMPLETE;
    adapter_log(&server->settings.log, OCPP_LOG_WARNING, "station %s refused: %s", identity, words[choice]);
    ocpp_ws_tell_refusal(connection, OCPP_REFUSAL_REQUEST, identity, complete ? 0 : 400, words[choice]);
    if (complete)
        return complete_and_close(connection);
    return ocpp_ws_http_refuse(connection, 400, NULL);
}

/* --- what the host and the store say ------------------------------------------------------------------------------ */

static bool serves(const struct connection *connection, enum ocpp_security_profile profile)
{
    const uint32_t profiles = connection->thread->server->listens[connection->listen].profiles;
    return (int)profile >= OCPP_SECURITY_NONE && (int)profile <= OCPP_SECURITY_CERTIFICATE && (profiles >> profile & 1) != 0;
}

/* What would do, were it shown. */
static bool password_would_do(const struct connection *connection)
{
    return serves(connection, ocpp_ws_came_by_tls(connection) ? OCPP_SECURITY_TLS : OCPP_SECURITY_BASIC);
}

/* Turns what the host accepts into a refusal where the port does not serve it, or the station came with more before. */
static void hold_to_profile(struct connection *connection, const char *identity, struct ocpp_admission *admission)
{
    const enum ocpp_security_profile profile = admission->security_profile;
    if (!serves(connection, profile)) {
        admission->verdict = profile == OCPP_SECURITY_NONE && password_would_do(connection) ? OCPP_ADMISSION_UNAUTHORIZED
                                                                                            : OCPP_ADMISSION_FORBIDDEN;
        admission->reason = "its security profile is not served here";
        return;
    }
    const enum ocpp_status status = ocpp_central_admits(connection->thread->central, identity, profile);
    if (status == OCPP_OK)
        return;
    admission->verdict = status == OCPP_ERR_SECURITY ? OCPP_ADMISSION_FORBIDDEN : OCPP_ADMISSION_OVERLOADED;
    admission->reason = status == OCPP_ERR_SECURITY ? "below the security profile it connected with before"
                                                    : "its security profile cannot be read";
}

/* The host knows more of a refusal than we do: no warning of ours. */
static int refuse_admission(struct connection *connection, const struct ocpp_admission *admission, const char *identity)
{
    const int status = verdict_status(admission->verdict);
    const char *reason = admission->reason != NULL ? admission->reason : ocpp_ws_http_status_words(status);
    if (status != 503)
        ocpp_ws_limits_failed(connection);
    adapter_log(&connection->thread->server->settings.log, OCPP_LOG_INFO, "station %s refused: %d %s", identity, status, reason);
    ocpp_ws_tell_refusal(connection, OCPP_REFUSAL_ADMISSION, identity, status, reason);
    return ocpp_ws_http_refuse(connection, status, status == 401 ? "WWW-Authenticate: Basic realm=\"ocpp\"\r\n" : NULL);
}

/* --- the steps --------------------------------------------------------------------------------------------------- */

/* Whom a handshake is about: by its path or, should the host know that station for it, by its user name. */
static bool find_identity(struct connection *connection, struct shown *shown)
{
    const struct ocpp_server *server = connection->thread->server;
    struct pending_handshake *pending = &connection->thread->handshake;
    struct ocpp_handshake handshake = { .has_basic = false };
    if (server->listens[connection->listen].purpose == OCPP_LISTEN_FOR_HTTP ||
        !read_header(connection->wsi, WSI_TOKEN_GET_URI, shown->path, sizeof shown->path))
        return false;
    if (ocpp_ws_identity_of(shown->path, server->path_prefix, pending->identity, sizeof pending->identity))
        return true;
    read_basic(connection->wsi, shown, &handshake);
    const bool named = handshake.has_basic && ocpp_ws_identity_fits(handshake.basic_user) &&
                       strlen(handshake.basic_user) < sizeof pending->identity;
    if (named) {
        memcpy(pending->identity, handshake.basic_user, strlen(handshake.basic_user) + 1);
        pending->survived |= OCPP_QUIRK_NO_IDENTITY;
    }
    OPENSSL_cleanse(shown->credentials, sizeof shown->credentials);
    return named;
}

/* Whether the host accepts a station that its path does not name. One that is not known for that gets no other answer than any
 * stranger. */
static bool may_be_nameless(const struct pending_handshake *pending, const struct ocpp_admission *admission)
{
    return (pending->survived & OCPP_QUIRK_NO_IDENTITY) == 0 ||
           (admission->verdict == OCPP_ADMISSION_ACCEPT && (admission->quirks & OCPP_QUIRK_NO_IDENTITY) != 0);
}

static int refuse_request(struct connection *connection, int status, const char *headers)
{
    if (status != 503 && status != 429)
        ocpp_ws_limits_failed(connection);
    ocpp_ws_tell_refusal(connection, OCPP_REFUSAL_REQUEST, NULL, status, ocpp_ws_http_status_words(status));
    return ocpp_ws_http_refuse(connection, status, headers);
}

/* 0: it asks for a station, whose path and identity are known now. */
static int read_request(struct connection *connection, const char *upgrade, struct shown *shown, const char **headers)
{
    const int fault = form_fault(connection->wsi, upgrade, headers);
    if (fault != 0)
        return fault;
    if (!find_identity(connection, shown))
        return 404;
    return connection->thread->stopping ? 503 : 0;
}

static void keep_admission(struct server_thread *thread, const struct ocpp_admission *admission)
{
    const struct ocpp_server_settings *settings = &thread->server->settings;
    struct pending_handshake *pending = &thread->handshake;
    pending->quirks = admission->quirks;
    pending->user = admission->user;
    pending->ping_interval_ms = ocpp_ws_ping_interval(settings, admission->ping_interval_ms);
    pending->pong_timeout_ms = ocpp_ws_pong_timeout(settings, admission->pong_timeout_ms);
    pending->security_profile = admission->security_profile;
    (void)snprintf(pending->serial_number, sizeof pending->serial_number, "%s",
                   admission->serial_number != NULL ? admission->serial_number : "");
}

int ocpp_ws_handshake_confirm(struct connection *connection, const char *upgrade)
{
    struct server_thread *thread = connection->thread;
    const uint32_t versions = thread->server->versions;
    struct pending_handshake *pending = &thread->handshake;
    struct shown shown = { .path = "" };
    const char *headers = NULL;
    memset(pending, 0, sizeof *pending);
    connection->asked = true;
    if (!ocpp_ws_limits_request(connection))
        return refuse_request(connection, 429, NULL);
    const int fault = read_request(connection, upgrade, &shown, &headers);
    if (fault != 0)
        return refuse_request(connection, fault, headers);
    struct ocpp_admission admission = ask_host(connection, &shown, pending->identity);
    if (!may_be_nameless(pending, &admission))
        return refuse_request(connection, 404, NULL);
    if (admission.verdict == OCPP_ADMISSION_ACCEPT)
        hold_to_profile(connection, pending->identity, &admission);
    if (admission.verdict != OCPP_ADMISSION_ACCEPT)
        return refuse_admission(connection, &admission, pending->identity);
    const enum choice choice =
        read_choice(connection, admission.versions != 0 ? admission.versions & versions : versions, admission.quirks);
    if (choice != CHOICE_MADE)
        return refuse_version(connection, choice, pending->identity);
    keep_admission(thread, &admission);
    (void)snprintf(thread->subprotocol, sizeof thread->subprotocol, "%s", ocpp_version_subprotocol(pending->version));
    return 0;
}

void ocpp_ws_tell_refusal(struct connection *connection, enum ocpp_refusal_stage stage, const char *identity, int http_status,
                          const char *reason)
{
    const struct ocpp_server_settings *settings = &connection->thread->server->settings;
    char address[SERVER_ADDRESS_SIZE] = "";
    const struct ocpp_refusal refusal = {
        .stage = stage,
        .listen = connection->listen,
        .address = address,
        .identity = identity,
        .http_status = http_status,
        .reason = reason,
    };
    if (settings->on_refused == NULL)
        return;
    ocpp_ws_peer_text(connection, address);
    settings->on_refused(&refusal, settings->user);
}

/* Asked for each offer of permessage-deflate in turn. Nonzero declines it. */
int ocpp_ws_handshake_allow_deflate(struct connection *connection)
{
    struct pending_handshake *pending = &connection->thread->handshake;
    char offers[256];
    if (!connection->thread->server->settings.compress ||
        !read_header(connection->wsi, WSI_TOKEN_EXTENSIONS, offers, sizeof offers))
        return 1;
    return !ocpp_ws_deflate_agree(offers, pending->deflate_offers++, pending->deflate_parameters,
                                  sizeof pending->deflate_parameters, &pending->window_bits);
}

/* libwebsockets answers an accepted extension with those parameters the client named and no others, as the last header before
 * ours. What we demand goes behind it. */
int ocpp_ws_handshake_add_headers(struct connection *connection, struct lws_process_html_args *arguments)
{
    static const char expected[] = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
    const char *parameters = connection->thread->handshake.deflate_parameters;
    const size_t size = strlen(parameters);
    if (size == 0)
        return 0;
    char *end = arguments->p;
    if ((size_t)arguments->max_len < size || memcmp(end - (sizeof expected - 1), expected, sizeof expected - 1) != 0)
        return -1; /* not the libwebsockets this was written for: better no connection than one with garbled texts */
    memcpy(end - 2, parameters, size);
    memcpy(end - 2 + size, "\r\n", 2);
    arguments->p = end + size;
    return 0;
}
