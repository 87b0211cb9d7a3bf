/* Restrictions of ours as conditions of OCPP 2.1. */
#include "exchange_parts_v21.h"

static void say_days(struct exchange *exchange, const struct ocpp_settle_restrictions *own,
                     struct ocpp21_tariff_conditions *theirs)
{
    size_t count = 0;

    if (!own->has_days) {
        return;
    }
    enum ocpp21_day_of_week *days = exchange_take(exchange, 7, sizeof *days);

    exchange->out_of_memory = exchange->out_of_memory || !days;
    for (int day = 0; days && day < 7; day++) {
        if (own->days & (INT64_C(1) << day)) {
            days[count++] = (enum ocpp21_day_of_week)(OCPP21_DAY_OF_WEEK_MONDAY + day);
        }
    }
    theirs->day_of_week.items = days;
    theirs->day_of_week.count = count;
}

static void say_evse_kind(const struct ocpp_settle_restrictions *own, struct ocpp21_tariff_conditions *theirs)
{
    if (own->evse_kind == OCPP_SETTLE_EVSE_KIND_AC) {
        theirs->evse_kind = OCPP21_EVSE_KIND_AC;
    }
    if (own->evse_kind == OCPP_SETTLE_EVSE_KIND_DC) {
        theirs->evse_kind = OCPP21_EVSE_KIND_DC;
    }
}

/* How somebody pays is asked of fixed prices only. */
static bool say_no_payment(struct exchange *exchange, const struct exchange_place *place,
                           const struct ocpp_settle_restrictions *own)
{
    const struct exchange_place brand = { place, "paymentBrand", 0 };
    const struct exchange_place recognition = { place, "paymentRecognition", 0 };

    if (own->payment_brand) {
        exchange_loss(exchange, &brand, "no word there says it; what stands under it is left out");
    }
    if (own->payment_recognition) {
        exchange_loss(exchange, &recognition, "no word there says it; what stands under it is left out");
    }
    return !own->payment_brand && !own->payment_recognition;
}

bool exchange_v21_is_conditional(const struct ocpp_settle_restrictions *own)
{
    struct ocpp_settle_restrictions others;

    if (!own) {
        return false;
    }
    others = *own;
    others.reservation = OCPP_SETTLE_RESERVATION_KIND_UNSET;
    return exchange_is_restricted(&others);
}

bool exchange_v21_conditions(struct exchange *exchange, const struct exchange_place *element,
                             const struct ocpp_settle_restrictions *own, bool is_fixed, struct ocpp21_tariff_conditions *theirs)
{
    const struct exchange_place here = { element, "restrictions", 0 };
    const char *texts[EXCHANGE_TIMES];
    const bool times = exchange_times_out(exchange, &here, own, texts);
    const bool days = exchange_days_told(exchange, &here, own);
    const bool numbers =
        exchange_numbers_out(exchange, &here, exchange_v21_numbers, EXCHANGE_V21_NUMBERS, own, is_fixed ? NULL : theirs);
    const bool payment = is_fixed || say_no_payment(exchange, &here, own);

    theirs->start_time_of_day = texts[0];
    theirs->end_time_of_day = texts[1];
    theirs->valid_from_date = texts[2];
    theirs->valid_to_date = texts[3];
    say_days(exchange, own, theirs);
    say_evse_kind(own, theirs);
    return times && days && numbers && payment;
}

struct ocpp21_tariff_conditions_fixed *exchange_v21_fixed(struct exchange *exchange, const struct ocpp_settle_restrictions *own,
                                                          const struct ocpp21_tariff_conditions *said)
{
    struct ocpp21_tariff_conditions_fixed *fixed = exchange_take(exchange, 1, sizeof *fixed);

    exchange->out_of_memory = exchange->out_of_memory || !fixed;
    if (fixed) {
        *fixed = (struct ocpp21_tariff_conditions_fixed){
            .start_time_of_day = said->start_time_of_day,
            .end_time_of_day = said->end_time_of_day,
            .valid_from_date = said->valid_from_date,
            .valid_to_date = said->valid_to_date,
            .evse_kind = said->evse_kind,
            .payment_brand = own->payment_brand,
            .payment_recognition = own->payment_recognition,
        };
        fixed->day_of_week.items = said->day_of_week.items;
        fixed->day_of_week.count = said->day_of_week.count;
    }
    return fixed;
}

static bool is_free(const struct ocpp_settle_tariff_element *element)
{
    bool free = true;

    for (size_t i = 0; i < element->components.count; i++) {
        free = free && element->components.items[i].price_micro == 0;
    }
    return free;
}

bool exchange_v21_frees_expired(const struct ocpp_settle_tariff_element *element)
{
    const struct ocpp_settle_restrictions *restrictions = element->restrictions;

    return restrictions && restrictions->reservation == OCPP_SETTLE_RESERVATION_KIND_EXPIRED &&
           !exchange_v21_is_conditional(restrictions) && is_free(element);
}

bool exchange_v21_is_free_expired(const struct ocpp_settle_tariff *tariff, enum ocpp_settle_dimension dimension)
{
    for (size_t i = 0; i < tariff->elements.count; i++) {
        const struct ocpp_settle_tariff_element *element = &tariff->elements.items[i];

        for (size_t j = 0; exchange_v21_frees_expired(element) && j < element->components.count; j++) {
            if (element->components.items[j].dimension == dimension) {
                return true;
            }
        }
    }
    return false;
}
