/* price_elements.c: what could never apply, or would mean two things, is refused before anybody is shown a price. */
#include "price_elements.h"

#include "price_facts.h"
#include "price_issue.h"

#include <ocpp/settlement/money.h>

enum {
    MOST_STEP_WH = 1000000000,
    MOST_DAY = 3000000, /* some 8,000 years, either way */
    MINUTES_OF_DAY = 1440
};

/* MOST_POWER_MW: 100 MW, so that a power times the seconds of a session stays within 63 bits. */
#define MOST_POWER_MW INT64_C(100000000000)

enum ocpp_status taxes_check(const struct ocpp_settle_tax *taxes, size_t count, struct ocpp_issue *issue)
{
    for (size_t i = 0; i < count; i++) {
        if (taxes[i].rate_ppm > MOST_RATE_PPM) {
            return issue_at(issue, OCPP_ERR_RANGE, "/%u/ratePpm", (unsigned)i);
        }
    }
    return OCPP_OK;
}

/* --- components --------------------------------------------------------------------------------------------------- */

static bool is_unit_of(enum ocpp_settle_price_unit unit, enum ocpp_settle_dimension dimension)
{
    switch (dimension) {
    case OCPP_SETTLE_DIMENSION_ENERGY:
        return unit == OCPP_SETTLE_PRICE_UNIT_KWH;
    case OCPP_SETTLE_DIMENSION_TIME:
    case OCPP_SETTLE_DIMENSION_IDLE:
        return unit == OCPP_SETTLE_PRICE_UNIT_HOUR || unit == OCPP_SETTLE_PRICE_UNIT_MINUTE;
    case OCPP_SETTLE_DIMENSION_FLAT:
        return unit == OCPP_SETTLE_PRICE_UNIT_ONCE;
    case OCPP_SETTLE_DIMENSION_UNSET:
        break;
    }
    return false;
}

static bool has_dimension(const struct ocpp_settle_tariff_element *element, size_t count, enum ocpp_settle_dimension dimension)
{
    for (size_t i = 0; i < count; i++) {
        if (element->components.items[i].dimension == dimension) {
            return true;
        }
    }
    return false;
}

static enum ocpp_status check_step(const struct ocpp_settle_price_component *component, struct ocpp_issue *issue)
{
    const int64_t most = component->dimension == OCPP_SETTLE_DIMENSION_ENERGY ? MOST_STEP_WH : MOST_SESSION_S;

    if (component->has_step && component->dimension == OCPP_SETTLE_DIMENSION_FLAT) {
        return issue_at(issue, OCPP_ERR_VALUE, "/step");
    }
    return component->has_step && component->step > most ? issue_at(issue, OCPP_ERR_RANGE, "/step") : OCPP_OK;
}

static enum ocpp_status check_component(const struct ocpp_settle_tariff_element *element, size_t index, struct ocpp_issue *issue)
{
    const struct ocpp_settle_price_component *component = &element->components.items[index];

    if (has_dimension(element, index, component->dimension)) {
        return issue_at(issue, OCPP_ERR_VALUE, "/dimension");
    }
    if (!is_unit_of(component->unit, component->dimension)) {
        return issue_at(issue, OCPP_ERR_VALUE, "/unit");
    }
    if (component->price_micro > OCPP_SETTLE_MOST_MINOR) {
        return issue_at(issue, OCPP_ERR_RANGE, "/priceMicro");
    }
    enum ocpp_status status = check_step(component, issue);
    if (status == OCPP_OK) {
        status = taxes_check(component->taxes.items, component->taxes.count, issue);
        return status != OCPP_OK ? issue_within(issue, status, "/taxes") : OCPP_OK;
    }
    return status;
}

/* --- restrictions ------------------------------------------------------------------------------------------------- */

/* span: from a minimum to a maximum that is not included. */
struct span {
    bool has_minimum;
    int64_t minimum;
    bool has_maximum;
    int64_t maximum;
    bool begins_at_0;
    const char *name;
};

enum { SPANS = 7 };

static void spans_of(const struct ocpp_settle_restrictions *r, struct span spans[SPANS])
{
    const struct span all[SPANS] = {
        { r->has_start_day, r->start_day, r->has_end_day, r->end_day, false, "endDay" },
        { r->has_min_energy_mwh, r->min_energy_mwh, r->has_max_energy_mwh, r->max_energy_mwh, true, "maxEnergyMwh" },
        { r->has_min_current_ma, r->min_current_ma, r->has_max_current_ma, r->max_current_ma, true, "maxCurrentMa" },
        { r->has_min_power_mw, r->min_power_mw, r->has_max_power_mw, r->max_power_mw, false, "maxPowerMw" },
        { r->has_min_duration_s, r->min_duration_s, r->has_max_duration_s, r->max_duration_s, true, "maxDurationS" },
        { r->has_min_charging_s, r->min_charging_s, r->has_max_charging_s, r->max_charging_s, true, "maxChargingS" },
        { r->has_min_idle_s, r->min_idle_s, r->has_max_idle_s, r->max_idle_s, true, "maxIdleS" },
    };

    for (size_t i = 0; i < SPANS; i++) {
        spans[i] = all[i];
    }
}

static bool is_nothing(const struct span *span)
{
    const bool has_minimum = span->has_minimum || span->begins_at_0;

    return has_minimum && span->has_maximum && (span->has_minimum ? span->minimum : 0) >= span->maximum;
}

static enum ocpp_status check_times(const struct ocpp_settle_restrictions *r, struct ocpp_issue *issue)
{
    const int64_t end = r->end_minute == 0 ? MINUTES_OF_DAY : r->end_minute;

    if (r->has_start_minute && r->start_minute >= MINUTES_OF_DAY) {
        return issue_at(issue, OCPP_ERR_RANGE, "/restrictions/startMinute");
    }
    if (r->has_end_minute && r->end_minute > MINUTES_OF_DAY) {
        return issue_at(issue, OCPP_ERR_RANGE, "/restrictions/endMinute");
    }
    if (r->has_start_minute && r->has_end_minute && r->start_minute == end) {
        return issue_at(issue, OCPP_ERR_VALUE, "/restrictions/endMinute");
    }
    if (r->has_days && r->days == 0) {
        return issue_at(issue, OCPP_ERR_VALUE, "/restrictions/days");
    }
    return OCPP_OK;
}

static bool is_beyond(bool is_set, int64_t value, int64_t most)
{
    return is_set && (value > most || value < -most);
}

static enum ocpp_status check_bounds(const struct ocpp_settle_restrictions *r, struct ocpp_issue *issue)
{
    const struct {
        bool is_beyond;
        const char *name;
    } bounds[] = {
        { is_beyond(r->has_start_day, r->start_day, MOST_DAY), "startDay" },
        { is_beyond(r->has_end_day, r->end_day, MOST_DAY), "endDay" },
        { is_beyond(r->has_min_power_mw, r->min_power_mw, MOST_POWER_MW), "minPowerMw" },
        { is_beyond(r->has_max_power_mw, r->max_power_mw, MOST_POWER_MW), "maxPowerMw" },
        { is_beyond(r->has_min_energy_mwh, r->min_energy_mwh, MOST_MWH), "minEnergyMwh" },
        { is_beyond(r->has_max_energy_mwh, r->max_energy_mwh, MOST_MWH), "maxEnergyMwh" },
    };

    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        if (bounds[i].is_beyond) {
            return issue_at(issue, OCPP_ERR_RANGE, "/restrictions/%s", bounds[i].name);
        }
    }
    return OCPP_OK;
}

static enum ocpp_status check_restrictions(const struct ocpp_settle_restrictions *r, struct ocpp_issue *issue)
{
    struct span spans[SPANS];
    enum ocpp_status status = check_times(r, issue);

    if (status == OCPP_OK) {
        status = check_bounds(r, issue);
    }
    spans_of(r, spans);
    for (size_t i = 0; i < SPANS && status == OCPP_OK; i++) {
        if (is_nothing(&spans[i])) {
            status = issue_at(issue, OCPP_ERR_VALUE, "/restrictions/%s", spans[i].name);
        }
    }
    return status;
}

/* --- what never applies ------------------------------------------------------------------------------------------- */

static enum ocpp_settle_reservation_kind kind_of(const struct ocpp_settle_tariff_element *element)
{
    return element->restrictions != NULL ? element->restrictions->reservation : OCPP_SETTLE_RESERVATION_KIND_UNSET;
}

/* A reservation has time and is paid once, but delivers nothing and draws nothing. */
static enum ocpp_status check_reservation(const struct ocpp_settle_tariff_element *element, struct ocpp_issue *issue)
{
    const struct ocpp_settle_restrictions *r = element->restrictions;

    if (kind_of(element) == OCPP_SETTLE_RESERVATION_KIND_UNSET) {
        return OCPP_OK;
    }
    if (has_dimension(element, element->components.count, OCPP_SETTLE_DIMENSION_ENERGY) ||
        has_dimension(element, element->components.count, OCPP_SETTLE_DIMENSION_IDLE)) {
        return issue_at(issue, OCPP_ERR_VALUE, "/components");
    }
    if (r->has_min_energy_mwh || r->has_max_energy_mwh || r->has_min_current_ma || r->has_max_current_ma || r->has_min_power_mw ||
        r->has_max_power_mw || r->has_min_charging_s || r->has_max_charging_s || r->has_min_idle_s || r->has_max_idle_s) {
        return issue_at(issue, OCPP_ERR_VALUE, "/restrictions/reservation");
    }
    return OCPP_OK;
}

/* What is paid once is looked up at the start (OCPP 2.1 I12.FR.30), when nothing has lasted yet. */
static enum ocpp_status check_flat(const struct ocpp_settle_tariff_element *element, struct ocpp_issue *issue)
{
    const struct ocpp_settle_restrictions *r = element->restrictions;

    if (r == NULL || !has_dimension(element, element->components.count, OCPP_SETTLE_DIMENSION_FLAT)) {
        return OCPP_OK;
    }
    if (r->min_energy_mwh > 0 || r->min_duration_s > 0 || r->min_charging_s > 0 || r->min_idle_s > 0) {
        return issue_at(issue, OCPP_ERR_VALUE, "/components");
    }
    return OCPP_OK;
}

static bool has_restrictions(const struct ocpp_settle_restrictions *r)
{
    struct span spans[SPANS];

    if (r == NULL) {
        return false;
    }
    spans_of(r, spans);
    for (size_t i = 0; i < SPANS; i++) {
        if (spans[i].has_minimum || spans[i].has_maximum) {
            return true;
        }
    }
    return r->has_start_minute || r->has_end_minute || r->has_days || r->evse_kind != OCPP_SETTLE_EVSE_KIND_UNSET ||
           r->payment_brand != NULL || r->payment_recognition != NULL;
}

/* Whether an element before |index| always applies for |dimension|. */
static bool is_taken(const struct ocpp_settle_tariff *tariff, size_t index, enum ocpp_settle_dimension dimension)
{
    for (size_t i = 0; i < index; i++) {
        const struct ocpp_settle_tariff_element *element = &tariff->elements.items[i];

        if (kind_of(element) == kind_of(&tariff->elements.items[index]) && !has_restrictions(element->restrictions) &&
            has_dimension(element, element->components.count, dimension)) {
            return true;
        }
    }
    return false;
}

static enum ocpp_status check_reach(const struct ocpp_settle_tariff *tariff, size_t index, struct ocpp_issue *issue)
{
    const struct ocpp_settle_tariff_element *element = &tariff->elements.items[index];

    for (size_t i = 0; i < element->components.count; i++) {
        if (!is_taken(tariff, index, element->components.items[i].dimension)) {
            return OCPP_OK;
        }
    }
    return issue_at(issue, OCPP_ERR_VALUE, "%s", "");
}

static enum ocpp_status check_element(const struct ocpp_settle_tariff *tariff, size_t index, struct ocpp_issue *issue)
{
    const struct ocpp_settle_tariff_element *element = &tariff->elements.items[index];
    enum ocpp_status status = OCPP_OK;

    for (size_t i = 0; i < element->components.count && status == OCPP_OK; i++) {
        status = check_component(element, i, issue);
        if (status != OCPP_OK) {
            return issue_within(issue, status, "/components/%u", (unsigned)i);
        }
    }
    if (status == OCPP_OK && element->restrictions != NULL) {
        status = check_restrictions(element->restrictions, issue);
    }
    if (status == OCPP_OK) {
        status = check_reservation(element, issue);
    }
    if (status == OCPP_OK) {
        status = check_flat(element, issue);
    }
    return status == OCPP_OK ? check_reach(tariff, index, issue) : status;
}

enum ocpp_status elements_check(const struct ocpp_settle_tariff *tariff, struct ocpp_issue *issue)
{
    size_t components = 0;
    enum ocpp_status status = OCPP_OK;

    for (size_t i = 0; i < tariff->elements.count && status == OCPP_OK; i++) {
        components += tariff->elements.items[i].components.count;
        status = check_element(tariff, i, issue);
        if (status != OCPP_OK) {
            return issue_within(issue, status, "/tariff/elements/%u", (unsigned)i);
        }
    }
    if (status == OCPP_OK && components > MOST_COMPONENTS) {
        return issue_at(issue, OCPP_ERR_TOO_MANY, "/tariff/elements");
    }
    return status;
}
