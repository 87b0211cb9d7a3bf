/* fuzz_drive_claim.c: whatever a stranger shows as the key of a driver. What has the form of a claim fits its places, and,
 * written again, is read as the same. */
#include "target.h"

#include "drive_claim.h"
#include "require.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct drive_claim claim = { .is_visit = false }, again = { .is_visit = false };
    char head[DRIVE_KEY_SIZE + 1];
    const char *mac = NULL;
    char *text = malloc(size + 1);

    ocpp_require(text != NULL);
    if (size > 0) {
        memcpy(text, data, size);
    }
    text[size] = '\0';
    if (size < DRIVE_KEY_SIZE && drive_claim_read(text, &claim, &mac)) {
        ocpp_require(mac >= text && mac <= text + size && strlen(claim.token) > 0 && strlen(claim.token) < DRIVE_TOKEN_SIZE);
        ocpp_require(claim.is_visit ? ocpp_settle_id_is_valid(claim.visit) : claim.visit[0] == '\0');
        drive_claim_write(&claim, head);
        strcat(head, ".");
        ocpp_require(drive_claim_read(head, &again, &mac) && mac[0] == '\0');
        ocpp_require(again.is_visit == claim.is_visit && again.type == claim.type && again.until_s == claim.until_s &&
                     strcmp(again.token, claim.token) == 0 && strcmp(again.visit, claim.visit) == 0);
    }
    free(text);
    return 0;
}
