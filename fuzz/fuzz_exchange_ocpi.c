/* fuzz_exchange_ocpi.c: any text as a Tariff object of OCPI. What is read goes back without loss, and is read again to the same;
 * what is refused leaves nothing. The first byte chooses the release. */
#include "target.h"

#include <ocpp/settlement/exchange.h>

#include <stdlib.h>

static void demand(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void go_back(enum ocpp_settle_ocpi_release release, const struct ocpp_settle_tariff *tariff,
                    struct ocpp_settle_ocpi_head head, struct ocpp_arena *arena)
{
    const struct ocpp_settle_tariff *again = NULL;
    struct ocpp_settle_report report;
    struct ocpp_settle_text text;

    head.last_updated_ms = head.last_updated_ms == OCPP_UTC_UNKNOWN ? 0 : head.last_updated_ms;
    demand(ocpp_settle_tariff_to_ocpi(release, tariff, &head, arena, &text, &report) == OCPP_OK);
    demand(report.losses == 0);
    demand(ocpp_settle_tariff_from_ocpi(release, text, arena, &again, &head, &report) == OCPP_OK);
    demand(report.losses == 0);
    demand(ocpp_message_equal(&ocpp_settle_tariff_type, tariff, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    const enum ocpp_settle_ocpi_release release = data[0] % 2 == 0 ? OCPP_SETTLE_OCPI_2_2_1 : OCPP_SETTLE_OCPI_2_3;
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 8 << 20);
    const struct ocpp_settle_text given = { (const char *)data + 1, size - 1 };
    const struct ocpp_settle_tariff *tariff = NULL;
    struct ocpp_settle_ocpi_head head;
    struct ocpp_settle_report report;

    if (!arena) {
        return 0;
    }
    const enum ocpp_status status = ocpp_settle_tariff_from_ocpi(release, given, arena, &tariff, &head, &report);

    demand(report.issue.status == status);
    demand((status == OCPP_OK) == (tariff != NULL));
    if (status == OCPP_OK) {
        demand(ocpp_message_validate(&ocpp_settle_tariff_type, tariff, NULL) == OCPP_OK);
        go_back(release, tariff, head, arena);
    }
    ocpp_arena_free(arena);
    return 0;
}
