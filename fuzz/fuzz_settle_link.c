/* fuzz_settle_link.c: whatever somebody writes behind /pay/. What has the form of a link is its parts put together again, and
 * nothing of it is longer than its place. */
#include "target.h"

#include "require.h"
#include "visit_link.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct visit_link parts;
    char again[VISIT_LINK_HEAD + VISIT_LINK_MAC + 2];
    char *link = malloc(size + 1);

    ocpp_require(link != NULL);
    if (size > 0) {
        memcpy(link, data, size);
    }
    link[size] = '\0';
    if (visit_link_split(link, &parts)) {
        ocpp_require(strlen(parts.order) < OCPP_SETTLE_ID_SIZE && parts.until_s >= 0);
        snprintf(again, sizeof again, "%s.%" PRIx64 ".%s", parts.order, (uint64_t)parts.until_s, parts.mac);
        ocpp_require(strcmp(again, link) == 0);
    }
    free(link);
    return 0;
}
