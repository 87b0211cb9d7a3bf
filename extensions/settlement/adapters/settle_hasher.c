/* settle_hasher.c: the hash of each entry of a journal, over OpenSSL, with one context for the life of a store. */
#include "settle_store_check.h"

#include <openssl/evp.h>

#include <stdlib.h>
#include <string.h>

struct settle_hasher {
    EVP_MD *algorithm;
    EVP_MD_CTX *context;
};

void settle_hasher_free(struct settle_hasher *hasher)
{
    if (hasher == NULL) {
        return;
    }
    EVP_MD_CTX_free(hasher->context);
    EVP_MD_free(hasher->algorithm);
    free(hasher);
}

struct settle_hasher *settle_hasher_new(void)
{
    struct settle_hasher *hasher = calloc(1, sizeof *hasher);

    if (hasher == NULL) {
        return NULL;
    }
    hasher->algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
    hasher->context = EVP_MD_CTX_new();
    if (hasher->algorithm != NULL && hasher->context != NULL) {
        return hasher;
    }
    settle_hasher_free(hasher);
    return NULL;
}

static bool take(struct settle_hasher *hasher, const struct ocpp_settle_entry_room *room,
                 unsigned char hash[OCPP_SETTLE_DIGEST_SIZE])
{
    bool good = EVP_DigestInit_ex2(hasher->context, hasher->algorithm, NULL) == 1;

    for (size_t i = 0; good && i < OCPP_SETTLE_ENTRY_PIECES; i++) {
        good = EVP_DigestUpdate(hasher->context, room->pieces[i].bytes, room->pieces[i].size) == 1;
    }
    return good && EVP_DigestFinal_ex(hasher->context, hash, NULL) == 1;
}

enum ocpp_status settle_hasher_next(struct settle_hasher *hasher, struct ocpp_settle_head *head,
                                    const struct ocpp_settle_entry *entry, int64_t utc_ms)
{
    struct ocpp_settle_entry_room room;
    unsigned char hash[OCPP_SETTLE_DIGEST_SIZE];
    const struct ocpp_settle_journal_entry next = {
        .number = head->number + 1, .utc_ms = utc_ms, .kind = entry->kind, .body = entry->body, .size = entry->size
    };

    ocpp_settle_entry_pieces(head->hash, &next, &room);
    if (!take(hasher, &room, hash)) {
        return OCPP_ERR_CRYPTO;
    }
    head->number = next.number;
    memcpy(head->hash, hash, sizeof hash);
    return OCPP_OK;
}
