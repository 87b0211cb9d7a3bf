/* payment_providers.c: who takes the money: the providers of the settings, and the two of the backend itself. */
#include "payment_providers.h"
#include "payment_steps.h"

#include <string.h>

enum {
    ALL_OF_IT = OCPP_SETTLE_CAN_INCREMENT | OCPP_SETTLE_CAN_CAPTURE_LESS | OCPP_SETTLE_CAN_VOID | OCPP_SETTLE_CAN_REFUND |
                OCPP_SETTLE_CAN_QUERY
};

static const struct payment_provider own[] = {
    { { .name = PROVIDER_WALLET, .capabilities = ALL_OF_IT, .hold_lasts_ms = OCPP_NEVER }, payment_wallet },
    { { .name = PROVIDER_POSTPAID, .capabilities = ALL_OF_IT, .hold_lasts_ms = OCPP_NEVER }, payment_postpaid },
    { { .name = PROVIDER_BY_HAND, .capabilities = ALL_OF_IT, .hold_lasts_ms = OCPP_NEVER }, payment_by_hand },
};

bool payment_provider_of(const struct ocpp_settle *settle, const char *name, struct payment_provider *provider)
{
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (strcmp(own[i].face.name, name) == 0) {
            *provider = own[i];
            return true;
        }
    }
    for (size_t i = 0; i < settle->settings.provider_count; i++) {
        if (strcmp(settle->settings.providers[i].name, name) == 0) {
            *provider = (struct payment_provider){ .face = settle->settings.providers[i] };
            return true;
        }
    }
    return false;
}
