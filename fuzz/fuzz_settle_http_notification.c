/* fuzz_settle_http_notification.c: notifications from anybody. The first line is the header, the rest the body.
 *
 * What must hold: who does not know the secret is refused whatever the header says, unless the input happens to bear what a toy
 * of a MAC makes of it; what is read has an operation and texts that end.
 */
#include "http_words.h"
#include "target.h"

#include "require.h"

#include <stdlib.h>
#include <string.h>

#define NOW INT64_C(1795255200000)

/* Every MAC is the same, so that seeds can bear it: the letters are what is tried here. */
static enum ocpp_status hmac(const char *name, const struct ocpp_settle_bytes *pieces, size_t count,
                             unsigned char mac[OCPP_SETTLE_DIGEST_SIZE], void *user)
{
    (void)user;
    ocpp_require(count == 3 && pieces[1].size == 1);
    memset(mac, strcmp(name, "old") == 0 ? 0xbb : 0xaa, OCPP_SETTLE_DIGEST_SIZE);
    return OCPP_OK;
}

static bool bears_mac(const char *header)
{
    char macs[2][2 * OCPP_SETTLE_DIGEST_SIZE + 1];

    memset(macs[0], 'a', sizeof macs[0] - 1);
    memset(macs[1], 'b', sizeof macs[1] - 1);
    macs[0][sizeof macs[0] - 1] = macs[1][sizeof macs[1] - 1] = '\0';
    return strstr(header, macs[0]) != NULL || strstr(header, macs[1]) != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct ocpp_settle_keys keys = { .hmac_sha256 = hmac };
    const struct http_signature signature = { .keys = &keys, .key = "new", .previous = "old", .window_ms = 300000 };
    char *text = malloc(size + 1);
    struct http_heard heard;

    ocpp_require(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    char *body = strchr(text, '\n');
    if (body != NULL) {
        *body++ = '\0';
        const size_t body_size = size - (size_t)(body - text);
        const enum ocpp_status status = http_check_signature(&signature, text, body, body_size, NOW);

        ocpp_require(status == OCPP_OK || status == OCPP_ERR_SECURITY);
        ocpp_require(status != OCPP_OK || bears_mac(text));
        if (http_read_outcome(body, body_size, &heard) == OCPP_OK) {
            ocpp_require(strlen(heard.operation) < sizeof heard.operation);
            ocpp_require(heard.answer.reason == NULL || strlen(heard.answer.reason) < sizeof heard.reason);
            ocpp_require(heard.answer.action_url == NULL || strlen(heard.answer.action_url) < sizeof heard.action_url);
        }
    }
    free(text);
    return 0;
}
