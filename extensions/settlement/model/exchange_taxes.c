/* Several taxes of a price as the one that gives the same sum. */
#include "exchange_parts.h"

enum { PPM = 1000000 };

/* Far above any tax there is, and small enough that products stay within 64 bits. */
enum { MOST_PPM = 1000 * PPM };

enum ocpp_status exchange_one_tax(struct exchange *exchange, const struct exchange_place *place,
                                  const struct ocpp_settle_price_component *component, int64_t *rate_ppm)
{
    const struct exchange_place here = { place, "taxes", 0 };
    int64_t below = 0;
    int64_t above = 0;

    for (size_t i = 0; i < component->taxes.count; i++) {
        const struct ocpp_settle_tax *tax = &component->taxes.items[i];
        int64_t *sum = tax->has_level && tax->level == 1 ? &above : &below;

        if (tax->rate_ppm > MOST_PPM - *sum) {
            return exchange_fail(exchange, &here, OCPP_ERR_RANGE);
        }
        *sum += tax->rate_ppm;
    }
    if (component->taxes.count > 1) {
        exchange_note(exchange, &here, "told as one tax with the same sum");
    }
    const int64_t both = below * above;

    if (both % PPM != 0) {
        exchange_loss(exchange, &here, "the taxes together have more digits than a rate; rounded");
    }
    *rate_ppm = below + above + (both + PPM / 2) / PPM;
    return OCPP_OK;
}
