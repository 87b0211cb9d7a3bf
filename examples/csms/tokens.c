/* tokens.c: records of tokens, their keys, and the decision.
 *
 * A record is the JSON an operator sent, with type and id. A token is named by its type and its id without regard to ASCII case
 * (1.6: CiString; 2.x: identifierString); 1.6 has no types, its idTags are ISO14443. */
#include "tokens.h"
#include "text.h"
#include "words.h"

#include <openssl/evp.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PLAIN_ID_MAX = 64 };

/* Long ids, and those that look like the digest of one, stand in the key as their digest. */
static bool digest_id(const char *id, char *text, size_t size)
{
    unsigned char digest[32];
    unsigned int length = sizeof digest;

    if (EVP_Digest(id, strlen(id), digest, &length, EVP_sha256(), NULL) != 1 || size < 2 * sizeof digest + 2) {
        return false;
    }
    *text++ = '#';
    for (size_t i = 0; i < sizeof digest; i++) {
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    }
    return true;
}

bool token_key(enum ocpp_token_type type, const char *id, char key[OCPP_KEY_SIZE])
{
    char folded[TOKEN_TEXT_SIZE];
    char digest[80];
    size_t size = strlen(id);

    if (type == OCPP_TOKEN_UNKNOWN || size == 0 || size >= sizeof folded || !text_is_utf8(id, size)) {
        return false;
    }
    memcpy(folded, id, size + 1);
    text_fold(folded);
    if (size > PLAIN_ID_MAX || folded[0] == '#') {
        if (!digest_id(folded, digest, sizeof digest)) {
            return false;
        }
        snprintf(key, OCPP_KEY_SIZE, "csms/token/%s/%s", ocpp_token_type_name(type), digest);
        return true;
    }
    snprintf(key, OCPP_KEY_SIZE, "csms/token/%s/%.64s", ocpp_token_type_name(type), folded);
    return true;
}

/* --- records
 * -------------------------------------------------------------------------------------------------------------------- */

static const struct body_member members[] = {
    { .name = "type", .kind = BODY_WORD, .words = token_type_words },
    { .name = "idToken", .kind = BODY_TEXT, .minimum = 1, .maximum = 255 },
    { .name = "status", .kind = BODY_WORD, .required = true, .words = token_status_words },
    { .name = "group", .kind = BODY_TEXT, .minimum = 1, .maximum = 36 },
    { .name = "expires", .kind = BODY_TIME },
    { .name = "evses", .kind = BODY_INTEGERS, .maximum = 100 },
    { .name = "languages", .kind = BODY_TEXTS, .maximum = 2 },
    { .name = "personalMessage", .kind = BODY_TEXT, .minimum = 1, .maximum = 512 },
    { .name = "cost", .kind = BODY_NUMBER, .minimum = 0, .maximum = 1000000000 },
    BODY_END,
};

char *token_record(const cJSON *body, enum ocpp_token_type type, const char *id, struct body_issue *issue)
{
    cJSON *record;
    char *text;

    if (!body_check(body, members, issue)) {
        return NULL;
    }
    if (ocpp_token_type_of(body_text(body, "type", ocpp_token_type_name(type))) != type) {
        body_fail(issue, "/type", "has to be that of the path, where it is given");
        return NULL;
    }
    if (strcmp(body_text(body, "idToken", id), id) != 0) {
        body_fail(issue, "/idToken", "has to be that of the path, where it is given");
        return NULL;
    }
    record = cJSON_Duplicate(body, true);
    cJSON_DeleteItemFromObjectCaseSensitive(record, "type");
    cJSON_DeleteItemFromObjectCaseSensitive(record, "idToken");
    json_add_text(record, "type", ocpp_token_type_name(type));
    json_add_text(record, "idToken", id);
    text = record ? cJSON_PrintUnformatted(record) : NULL;
    cJSON_Delete(record);
    if (!text) {
        body_fail(issue, "", "out of memory");
    }
    return text;
}

/* --- decisions
 * -------------------------------------------------------------------------------------------------------------------- */

static bool is_allowed_at(const cJSON *record, int evse)
{
    const cJSON *evses = body_value(record, "evses");
    const cJSON *allowed;

    if (!evses || evse == 0 || cJSON_GetArraySize(evses) == 0) {
        return true;
    }
    cJSON_ArrayForEach(allowed, evses)
    {
        if ((int)allowed->valuedouble == evse) {
            return true;
        }
    }
    return false;
}

static enum ocpp_authorization judge(struct shard *shard, const char *identity, const struct ocpp_authorize_request *request,
                                     const cJSON *record, int64_t expires)
{
    enum ocpp_authorization status = ocpp_authorization_of(body_text(record, "status", ""));

    if (status != OCPP_AUTHORIZATION_ACCEPTED) {
        return status;
    }
    if (expires != OCPP_UTC_UNKNOWN && expires <= app_utc_ms(shard->app)) {
        return OCPP_AUTHORIZATION_EXPIRED;
    }
    if (request->purpose != OCPP_AUTHORIZE_START) {
        return status;
    }
    if (!is_allowed_at(record, request->evse)) {
        return OCPP_AUTHORIZATION_NOT_AT_THIS_LOCATION;
    }
    if (open_transactions_elsewhere(shard->app->open_transactions, &request->token, identity, request->evse)) {
        return OCPP_AUTHORIZATION_CONCURRENT_TX;
    }
    return status;
}

static enum ocpp_authorization judge_unknown(const struct shard *shard)
{
    return shard->app->options->accept_unknown_tokens ? OCPP_AUTHORIZATION_ACCEPTED : OCPP_AUTHORIZATION_UNKNOWN;
}

/* What the driver understands, and what he is to read. */
static void tell_driver(struct shard *shard, const cJSON *record, struct ocpp_authorize_decision *decision)
{
    const cJSON *languages = cJSON_GetObjectItemCaseSensitive(record, "languages");

    for (int i = 0; i < 2; i++) {
        const cJSON *language = cJSON_GetArrayItem(languages, i);
        snprintf(shard->languages[i], sizeof shard->languages[i], "%s", cJSON_IsString(language) ? language->valuestring : "");
        decision->languages[i] = shard->languages[i];
    }
    snprintf(shard->personal_message, sizeof shard->personal_message, "%s", body_text(record, "personalMessage", ""));
    decision->message = shard->personal_message;
}

void tokens_decide(struct shard *shard, const char *identity, const struct ocpp_authorize_request *request,
                   struct ocpp_authorize_decision *decision)
{
    enum ocpp_token_type type = request->token.type == OCPP_TOKEN_UNKNOWN ? OCPP_TOKEN_ISO14443 : request->token.type;
    char key[OCPP_KEY_SIZE];
    char *text;
    cJSON *record;
    enum ocpp_status status = OCPP_ERR_NOT_FOUND;

    if (type == OCPP_TOKEN_NO_AUTHORIZATION) { /* a start button: nobody was asked who they are (2.0.1 C02) */
        decision->authorization = OCPP_AUTHORIZATION_ACCEPTED;
        return;
    }
    if (token_key(type, request->token.id, key)) {
        status = store_read_text(shard->storage, key, &text);
    }
    if (status != OCPP_OK) {
        decision->authorization = status == OCPP_ERR_NOT_FOUND ? judge_unknown(shard) : OCPP_AUTHORIZATION_INVALID;
        return;
    }
    record = cJSON_Parse(text);
    free(text);
    if (!record) {
        decision->authorization = OCPP_AUTHORIZATION_INVALID;
        return;
    }
    decision->expires_utc_ms = body_time(record, "expires");
    decision->authorization = judge(shard, identity, request, record, decision->expires_utc_ms);
    snprintf(shard->group_id, sizeof shard->group_id, "%s", body_text(record, "group", ""));
    decision->group_id = shard->group_id[0] ? shard->group_id : NULL;
    tell_driver(shard, record, decision);
    cJSON_Delete(record);
}
