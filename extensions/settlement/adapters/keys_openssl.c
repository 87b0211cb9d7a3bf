/* keys_openssl.c: the table of keys that are remembered, hashes and HMAC. */
#define _DEFAULT_SOURCE
#include "keys_openssl.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEFAULT_KEYS = 64, FILE_NAME_SIZE = OCPP_SETTLE_KEY_NAME_SIZE + 8 };

static const char secret_ending[] = ".secret";
static const char pair_ending[] = ".pem";

void keys_log(const struct keys_openssl *keys, enum ocpp_log_level level, const char *name, const char *what)
{
    char line[256];

    if (keys->log.write != NULL && level <= keys->log.level) {
        (void)snprintf(line, sizeof line, "key %s %s", name, what);
        keys->log.write(level, line, keys->log.user);
    }
}

enum ocpp_status keys_trouble(enum ocpp_status otherwise)
{
    enum ocpp_status status = otherwise;

    for (unsigned long error = ERR_get_error(); error != 0; error = ERR_get_error()) {
        if (ERR_GET_REASON(error) == ERR_R_MALLOC_FAILURE) {
            status = OCPP_ERR_NOMEM;
        }
    }
    return status;
}

static enum ocpp_status trouble(void)
{
    return keys_trouble(OCPP_ERR_CRYPTO);
}

/* --- hexadecimal
 * ---------------------------------------------------------------------------------------------------------------- */

static int digit(unsigned char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, c >= 'A' && c <= 'F' ? c + ('a' - 'A') : c) : NULL;

    return at != NULL ? (int)(at - digits) : -1;
}

/* A line of digits; the line feed may be missing. 0: it is no secret. */
static size_t secret_of_text(const unsigned char *text, size_t size, unsigned char secret[OCPP_SETTLE_SECRET_LIMIT])
{
    while (size > 0 && (text[size - 1] == '\n' || text[size - 1] == '\r')) {
        size--;
    }
    if (size % 2 != 0 || size / 2 < OCPP_SETTLE_SECRET_MINIMUM || size / 2 > OCPP_SETTLE_SECRET_LIMIT) {
        return 0;
    }
    for (size_t i = 0; i < size / 2; i++) {
        const int high = digit(text[2 * i]);
        const int low = digit(text[2 * i + 1]);

        if (high < 0 || low < 0) {
            return 0;
        }
        secret[i] = (unsigned char)(high << 4 | low);
    }
    return size / 2;
}

static size_t text_of_secret(const struct keys_entry *entry, unsigned char text[KEYS_FILE_LIMIT])
{
    for (size_t i = 0; i < entry->size; i++) {
        (void)snprintf((char *)text + 2 * i, 3, "%02x", entry->secret[i]);
    }
    text[2 * entry->size] = '\n';
    return 2 * entry->size + 1;
}

/* --- the table
 * ------------------------------------------------------------------------------------------------------------------ */

static struct keys_entry *find(const struct keys_openssl *keys, const char *name, bool is_pair)
{
    for (size_t i = 0; i < keys->count; i++) {
        if ((keys->entries[i].pair != NULL) == is_pair && strcmp(keys->entries[i].name, name) == 0) {
            return &keys->entries[i];
        }
    }
    return NULL;
}

static void drop(struct keys_entry *entry)
{
    EVP_PKEY_free(entry->pair);
    OPENSSL_cleanse(entry, sizeof *entry);
}

static void file_of(char file[FILE_NAME_SIZE], const char *name, bool is_pair)
{
    (void)snprintf(file, FILE_NAME_SIZE, "%s%s", name, is_pair ? pair_ending : secret_ending);
}

static enum ocpp_status load(const struct keys_openssl *keys, struct keys_entry *entry, bool is_pair)
{
    char file[FILE_NAME_SIZE];
    unsigned char bytes[KEYS_FILE_LIMIT];
    size_t size;

    if (keys->folder < 0) {
        return OCPP_ERR_NOT_FOUND;
    }
    file_of(file, entry->name, is_pair);
    const enum ocpp_status status = keys_file_read(keys, file, bytes, &size);
    if (status != OCPP_OK) {
        return status;
    }
    if (is_pair) {
        entry->pair = keys_pair_parse(bytes, size);
    } else {
        entry->size = secret_of_text(bytes, size, entry->secret);
    }
    OPENSSL_cleanse(bytes, sizeof bytes);
    if (entry->pair != NULL || entry->size != 0) {
        return OCPP_OK;
    }
    keys_log(keys, OCPP_LOG_ERROR, file, is_pair ? "is no P-256 key" : "is no secret of 32 bytes or more");
    return trouble();
}

static enum ocpp_status save(const struct keys_openssl *keys, const struct keys_entry *entry, bool replaces)
{
    char file[FILE_NAME_SIZE];
    unsigned char bytes[KEYS_FILE_LIMIT];
    const bool is_pair = entry->pair != NULL;

    if (keys->folder < 0) {
        return OCPP_OK;
    }
    file_of(file, entry->name, is_pair);
    const size_t size = is_pair ? keys_pair_print(entry->pair, bytes) : text_of_secret(entry, bytes);
    const enum ocpp_status status = size != 0 ? keys_file_write(keys, file, bytes, size, replaces) : OCPP_ERR_CRYPTO;
    OPENSSL_cleanse(bytes, sizeof bytes);
    return status;
}

static enum ocpp_status make(const struct keys_openssl *keys, struct keys_entry *entry, bool is_pair)
{
    if (keys->makes_no_keys) {
        return OCPP_ERR_NOT_FOUND;
    }
    if (is_pair) {
        entry->pair = keys_pair_make();
    } else if (RAND_priv_bytes(entry->secret, OCPP_SETTLE_SECRET_MINIMUM) == 1) {
        entry->size = OCPP_SETTLE_SECRET_MINIMUM;
    }
    if (entry->pair == NULL && entry->size == 0) {
        return trouble();
    }
    enum ocpp_status status = save(keys, entry, false);
    if (status == OCPP_ERR_STATE) { /* another process was faster */
        EVP_PKEY_free(entry->pair);
        entry->pair = NULL;
        entry->size = 0;
        status = load(keys, entry, is_pair);
    } else if (status == OCPP_OK) {
        keys_log(keys, OCPP_LOG_INFO, entry->name, "was made");
    }
    return status == OCPP_OK || status == OCPP_ERR_NOMEM ? status : OCPP_ERR_CRYPTO;
}

/* The entry |name|, read or made. The lock is held. */
static enum ocpp_status fetch(struct keys_openssl *keys, const char *name, bool is_pair, struct keys_entry **found)
{
    *found = find(keys, name, is_pair);
    if (*found != NULL) {
        return OCPP_OK;
    }
    if (!ocpp_settle_key_name_is_valid(name)) {
        return OCPP_ERR_NOT_FOUND;
    }
    if (keys->count == keys->limit) {
        return OCPP_ERR_LIMIT;
    }
    struct keys_entry *entry = &keys->entries[keys->count];
    memcpy(entry->name, name, strlen(name) + 1);
    enum ocpp_status status = load(keys, entry, is_pair);
    if (status == OCPP_ERR_NOT_FOUND) {
        status = make(keys, entry, is_pair);
    }
    if (status != OCPP_OK) {
        drop(entry);
        return status;
    }
    keys->count++;
    *found = entry;
    return OCPP_OK;
}

enum ocpp_status keys_pair(struct keys_openssl *keys, const char *name, EVP_PKEY **pair)
{
    struct keys_entry *entry;

    if (name == NULL) {
        return OCPP_ERR_NOT_FOUND;
    }
    (void)pthread_mutex_lock(&keys->lock);
    const enum ocpp_status status = fetch(keys, name, true, &entry);
    if (status == OCPP_OK) {
        *pair = entry->pair;
    }
    (void)pthread_mutex_unlock(&keys->lock);
    return status;
}

static enum ocpp_status keep_secret(const char *name, const void *bytes, size_t size, void *user)
{
    struct keys_openssl *keys = user;
    struct keys_entry wanted = { .size = size };

    if (!ocpp_settle_key_name_is_valid(name)) {
        return OCPP_ERR_NOT_FOUND;
    }
    if (size < OCPP_SETTLE_SECRET_MINIMUM || size > OCPP_SETTLE_SECRET_LIMIT) {
        return OCPP_ERR_ARGUMENT;
    }
    memcpy(wanted.name, name, strlen(name) + 1);
    memcpy(wanted.secret, bytes, size);
    (void)pthread_mutex_lock(&keys->lock);
    struct keys_entry *entry = find(keys, name, false);
    enum ocpp_status status = entry == NULL && keys->count == keys->limit ? OCPP_ERR_LIMIT : save(keys, &wanted, true);
    if (status == OCPP_OK) {
        if (entry == NULL) {
            entry = &keys->entries[keys->count++];
        }
        *entry = wanted;
    }
    (void)pthread_mutex_unlock(&keys->lock);
    OPENSSL_cleanse(&wanted, sizeof wanted);
    return status;
}

/* --- hashes
 * --------------------------------------------------------------------------------------------------------------------- */

static enum ocpp_status sha256(const struct ocpp_settle_bytes *pieces, size_t count,
                               unsigned char digest[OCPP_SETTLE_DIGEST_SIZE], void *user)
{
    const struct keys_openssl *keys = user;
    unsigned char result[OCPP_SETTLE_DIGEST_SIZE];
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool is_good = context != NULL && EVP_DigestInit_ex(context, keys->sha256, NULL) == 1;

    for (size_t i = 0; i < count && is_good; i++) {
        is_good = EVP_DigestUpdate(context, pieces[i].bytes, pieces[i].size) == 1;
    }
    is_good = is_good && EVP_DigestFinal_ex(context, result, NULL) == 1;
    EVP_MD_CTX_free(context);
    if (!is_good) {
        return trouble();
    }
    memcpy(digest, result, sizeof result);
    return OCPP_OK;
}

static bool mac_over(const struct keys_openssl *keys, const struct keys_entry *secret, const struct ocpp_settle_bytes *pieces,
                     size_t count, unsigned char result[OCPP_SETTLE_DIGEST_SIZE])
{
    char name[] = "SHA256";
    OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0), OSSL_PARAM_construct_end() };
    size_t size;
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(keys->hmac);
    bool is_good = context != NULL && EVP_MAC_init(context, secret->secret, secret->size, params) == 1;

    for (size_t i = 0; i < count && is_good; i++) {
        is_good = EVP_MAC_update(context, pieces[i].bytes, pieces[i].size) == 1;
    }
    is_good = is_good && EVP_MAC_final(context, result, &size, OCPP_SETTLE_DIGEST_SIZE) == 1;
    EVP_MAC_CTX_free(context);
    return is_good;
}

/* The secret is copied, because another thread may replace it meanwhile. */
static enum ocpp_status hmac_sha256(const char *name, const struct ocpp_settle_bytes *pieces, size_t count,
                                    unsigned char mac[OCPP_SETTLE_DIGEST_SIZE], void *user)
{
    struct keys_openssl *keys = user;
    struct keys_entry *entry;
    struct keys_entry secret;
    unsigned char result[OCPP_SETTLE_DIGEST_SIZE];

    if (name == NULL) {
        return OCPP_ERR_NOT_FOUND;
    }
    (void)pthread_mutex_lock(&keys->lock);
    const enum ocpp_status status = fetch(keys, name, false, &entry);
    if (status == OCPP_OK) {
        secret = *entry;
    }
    (void)pthread_mutex_unlock(&keys->lock);
    if (status != OCPP_OK) {
        return status;
    }
    const bool is_good = mac_over(keys, &secret, pieces, count, result);
    OPENSSL_cleanse(&secret, sizeof secret);
    if (!is_good) {
        return trouble();
    }
    memcpy(mac, result, sizeof result);
    return OCPP_OK;
}

/* OpenSSL asks the operating system; who has no entropy may not go on with bad bytes. */
static void fill_random(void *bytes, size_t size, void *user)
{
    unsigned char *at = bytes;

    (void)user;
    while (size > 0) {
        const int part = size < 4096 ? (int)size : 4096;

        if (RAND_bytes(at, part) != 1) {
            abort();
        }
        at += part;
        size -= (size_t)part;
    }
}

/* --- the handle
 * ----------------------------------------------------------------------------------------------------------------- */

void ocpp_settle_keys_close(struct ocpp_settle_keys *contract)
{
    struct keys_openssl *keys = (struct keys_openssl *)(void *)contract;

    if (keys == NULL) {
        return;
    }
    for (size_t i = 0; keys->entries != NULL && i < keys->count; i++) {
        drop(&keys->entries[i]);
    }
    for (size_t i = 0; i < KEYS_POINTS; i++) {
        EVP_PKEY_free(keys->points[i].key);
    }
    if (keys->folder >= 0) {
        (void)close(keys->folder);
    }
    EVP_MD_free(keys->sha256);
    EVP_MAC_free(keys->hmac);
    EVP_CIPHER_free(keys->aes);
    (void)pthread_mutex_destroy(&keys->lock);
    free(keys->entries);
    free(keys);
}

static enum ocpp_status take_given(struct keys_openssl *keys, const struct ocpp_settle_keys_settings *settings)
{
    const int folder = keys->folder;
    enum ocpp_status status = OCPP_OK;

    keys->folder = -1; /* a given secret is not written */
    for (size_t i = 0; i < settings->given_count && status == OCPP_OK; i++) {
        status = keep_secret(settings->given[i].name, settings->given[i].bytes, settings->given[i].size, keys);
    }
    keys->folder = folder;
    return status == OCPP_ERR_NOT_FOUND ? OCPP_ERR_ARGUMENT : status;
}

static struct keys_openssl *make_handle(const struct ocpp_settle_keys_settings *settings)
{
    struct keys_openssl *keys = calloc(1, sizeof *keys);

    if (keys == NULL) {
        return NULL;
    }
    *keys = (struct keys_openssl){
        .contract = { sha256, hmac_sha256, keys_sign, keys_verify, keys_public, keys_point_of, keys_agree, keys_seal, keys_open,
                      keep_secret, fill_random, keys },
        .log = settings->log,
        .folder = -1,
        .makes_no_keys = settings->makes_no_keys,
        .limit = settings->max_keys != 0 ? settings->max_keys : DEFAULT_KEYS,
    };
    if (pthread_mutex_init(&keys->lock, NULL) != 0) {
        free(keys);
        return NULL;
    }
    keys->entries = calloc(keys->limit, sizeof *keys->entries);
    keys->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    keys->hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    keys->aes = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    if (keys->entries == NULL || keys->sha256 == NULL || keys->hmac == NULL || keys->aes == NULL) {
        ocpp_settle_keys_close(&keys->contract);
        return NULL;
    }
    return keys;
}

enum ocpp_status ocpp_settle_keys_open(const struct ocpp_settle_keys_settings *settings, struct ocpp_settle_keys **contract)
{
    struct keys_openssl *keys = make_handle(settings);

    if (keys == NULL) {
        ERR_clear_error();
        return OCPP_ERR_NOMEM;
    }
    enum ocpp_status status = settings->folder != NULL ? keys_folder_open(settings->folder, &keys->folder) : OCPP_OK;
    if (status == OCPP_OK) {
        status = take_given(keys, settings);
    }
    if (status != OCPP_OK) {
        ocpp_settle_keys_close(&keys->contract);
        return status;
    }
    *contract = &keys->contract;
    return OCPP_OK;
}
