/* Several taxes of a price as the one that gives the same sum. */
#include "exchange_parts.h"
#include "price_elements.h"

enum { PPM = 1000000, LEVELS = 5 };

/* Far above any tax there is, and small enough that products stay within 64 bits. */
enum { MOST_PPM = 1000 * PPM };

/* The sums of the levels of |component|. False where one is absurd. */
static bool sum_levels(const struct ocpp_settle_price_component *component, int64_t sums[LEVELS])
{
    for (size_t i = 0; i < component->taxes.count; i++) {
        const struct ocpp_settle_tax *tax = &component->taxes.items[i];
        int64_t *sum = &sums[tax->has_level ? tax->level : 0];

        if (tax->rate_ppm > MOST_PPM - *sum) {
            return false;
        }
        *sum += tax->rate_ppm;
    }
    return true;
}

enum ocpp_status exchange_one_tax(struct exchange *exchange, const struct exchange_place *place,
                                  const struct ocpp_settle_price_component *component, int64_t *rate_ppm)
{
    const struct exchange_place here = { place, "taxes", 0 };
    int64_t sums[LEVELS] = { 0 };
    int64_t with_taxes = PPM;
    bool is_exact = true;

    if (!sum_levels(component, sums)) {
        return exchange_fail(exchange, &here, OCPP_ERR_RANGE);
    }
    for (int level = 0; level < LEVELS; level++) {
        const int64_t taxes = with_taxes * sums[level];

        is_exact = is_exact && taxes % PPM == 0;
        with_taxes += (taxes + PPM / 2) / PPM;
        if (with_taxes > MOST_PPM) {
            return exchange_fail(exchange, &here, OCPP_ERR_RANGE);
        }
    }
    if (component->taxes.count > 1) {
        exchange_note(exchange, &here, "told as one tax with the same sum");
    }
    if (!is_exact) {
        exchange_loss(exchange, &here, "the taxes together have more digits than a rate; rounded");
    }
    *rate_ppm = with_taxes - PPM;
    return *rate_ppm <= MOST_RATE_PPM ? OCPP_OK : exchange_fail(exchange, &here, OCPP_ERR_RANGE);
}
