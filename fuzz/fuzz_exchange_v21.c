/* fuzz_exchange_v21.c: any text as a tariff of OCPP 2.1. What is read goes back without loss, and is read again to the same. */
#include "target.h"

#include <ocpp/settlement/exchange_v21.h>

#include <stdlib.h>

static void demand(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void go_back(const struct ocpp_settle_tariff *tariff, struct ocpp_arena *arena)
{
    const struct ocpp_settle_tariff *again = NULL;
    const struct ocpp21_tariff *made = NULL;
    struct ocpp_settle_report report;
    struct ocpp_settle_text text;

    demand(ocpp_settle_tariff_to_v21(tariff, arena, &made, &report) == OCPP_OK);
    demand(ocpp_settle_tariff_to_v21_text(tariff, arena, &text, &report) == OCPP_OK);
    demand(report.losses == 0);
    demand(ocpp_settle_tariff_from_v21_text(text, arena, &again, &report) == OCPP_OK);
    demand(ocpp_message_equal(&ocpp_settle_tariff_type, tariff, again));
    demand(ocpp_settle_tariff_from_v21(made, arena, &again, &report) == OCPP_OK);
    demand(ocpp_message_equal(&ocpp_settle_tariff_type, tariff, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 8 << 20);
    const struct ocpp_settle_text given = { (const char *)data, size };
    const struct ocpp_settle_tariff *tariff = NULL;
    struct ocpp_settle_report report;

    if (!arena) {
        return 0;
    }
    const enum ocpp_status status = ocpp_settle_tariff_from_v21_text(given, arena, &tariff, &report);

    demand(report.issue.status == status);
    demand((status == OCPP_OK) == (tariff != NULL));
    if (status == OCPP_OK) {
        demand(ocpp_message_validate(&ocpp_settle_tariff_type, tariff, NULL) == OCPP_OK);
        go_back(tariff, arena);
    }
    ocpp_arena_free(arena);
    return 0;
}
