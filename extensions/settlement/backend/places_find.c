/* places_find.c: what fits a wish, best first. The rank is a sum of points, fewer are better, and each summand is told:
 *
 *   distance    one per 10 m
 *   price       one per minor unit of what the wanted energy costs; without a tariff 10,000
 *   not free    100,000: behind all that are; whose pile cannot be asked now is not
 *   faults      50 each
 *
 * Equal sums go by distance, then by name: the same question gets the same answer. */
#include "order_internal.h"
#include "places.h"
#include "places_near.h"

#include <ocpp/settlement/money.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { NO_PRICE = 10000, NOT_FREE = 100000, FAULT = 50, METRES_A_POINT = 10, DEFAULT_WH = 20000, DEFAULT_LIMIT = 10 };

/* candidate: texts of the row live in the command's arena. */
struct candidate {
    const struct row_place *place;
    int64_t distance_m;
    bool is_reached;
    bool is_free;
};

struct finding {
    const struct ocpp_settle_wish *wish;
    void (*visit)(const struct ocpp_settle_offer *offer, void *user);
    void *user;
    size_t limit;
    struct candidate *candidates; /* the nearest, free ones first; |count| of at most PRICED */
    size_t count;
    bool is_shown;
};

/* So many are looked at closely: to price a place is work. */
enum { PRICED = 2 * OCPP_SETTLE_OFFERS };

/* --- who is looked at closely -------------------------------------------------------------------------------------------------
 */

static bool fits(const struct ocpp_settle_wish *wish, const struct row_place *place)
{
    return place->is_bookable && place->power_w >= wish->power_w &&
           (!wish->connector || strcmp(wish->connector, place->connector) == 0);
}

static bool is_nearer(const struct candidate *a, const struct candidate *b)
{
    if (a->is_free != b->is_free) {
        return a->is_free;
    }
    return a->distance_m < b->distance_m;
}

static void keep(struct finding *finding, const struct candidate *candidate)
{
    size_t at = finding->count;

    while (at > 0 && is_nearer(candidate, &finding->candidates[at - 1])) {
        at--;
    }
    if (at == PRICED) {
        return;
    }
    if (finding->count < PRICED) {
        finding->count++;
    }
    memmove(&finding->candidates[at + 1], &finding->candidates[at], (finding->count - 1 - at) * sizeof *finding->candidates);
    finding->candidates[at] = *candidate;
}

static bool look_at(struct command *command, const char *key, const void *record, void *user)
{
    struct finding *finding = user;
    const struct row_place *place = record;
    struct candidate candidate = {
        .place = place,
        .distance_m =
            places_distance_m(finding->wish->latitude_udeg, finding->wish->longitude_udeg, place->latitude, place->longitude),
    };

    (void)key;
    if (fits(finding->wish, place) && candidate.distance_m <= finding->wish->radius_m) {
        candidate.is_reached = places_is_reached(command, place);
        candidate.is_free = candidate.is_reached && places_is_free(place);
        keep(finding, &candidate);
    }
    return true;
}

/* --- what it would cost -------------------------------------------------------------------------------------------------------
 */

static int64_t duration_s(int64_t wh, int64_t power_w)
{
    return power_w > 0 ? (wh * 3600 + power_w - 1) / power_w : 0;
}

static const struct ocpp_settle_snapshot *snapshot_at(struct command *command, const char *station)
{
    struct ocpp_settle_snapshot *snapshot = order_take(command, sizeof *snapshot);

    return snapshot && order_find_snapshot(command, station, snapshot) ? snapshot : NULL;
}

static void price(struct command *command, const struct finding *finding, struct ocpp_settle_offer *offer)
{
    const int64_t wh = finding->wish->energy_wh > 0 ? finding->wish->energy_wh : DEFAULT_WH;
    const int64_t now = command_utc_ms(command);
    const struct ocpp_settle_snapshot *snapshot = snapshot_at(command, offer->place.station);
    struct ocpp_settle_usage_event *events = order_take(command, 2 * sizeof *events);
    struct ocpp_settle_usage usage = { .events = { events, 2 } };
    const struct ocpp_settle_bill *bill = NULL;

    offer->duration_s = duration_s(wh, offer->place.power_w);
    if (!snapshot || !events) {
        return;
    }
    events[0] = (struct ocpp_settle_usage_event){ .at = now, .kind = OCPP_SETTLE_USAGE_KIND_START, .has_energy_mwh = true };
    events[1] = (struct ocpp_settle_usage_event){
        .at = now + 1000 * offer->duration_s, .kind = OCPP_SETTLE_USAGE_KIND_STOP, .has_energy_mwh = true, .energy_mwh = 1000 * wh
    };
    if (ocpp_settle_compute(snapshot, &usage, OCPP_SETTLE_COMPUTE_MODE_FINAL, events[1].at,
                            &command_settle(command)->settings.keys, command_arena(command), &bill, NULL) == OCPP_OK) {
        offer->has_price = true;
        offer->price_minor = bill->gross_minor;
        offer->currency = bill->currency;
        offer->exponent = (int)bill->exponent;
    }
}

/* --- the rank ------------------------------------------------------------------------------------------------------------------
 */

static void explain(struct command *command, struct ocpp_settle_offer *offer)
{
    const int64_t far = offer->distance_m / METRES_A_POINT;
    const int64_t cost = offer->has_price ? offer->price_minor : NO_PRICE;
    const int64_t taken = offer->is_free ? 0 : NOT_FREE;
    const int64_t faulty = FAULT * offer->place.faults;
    char amount[OCPP_SETTLE_AMOUNT_TEXT_SIZE] = "no price";
    char text[OCPP_SETTLE_REASONS_SIZE];

    if (offer->has_price) {
        command_fail(command, ocpp_settle_amount_format(offer->price_minor, offer->exponent, amount));
    }
    offer->points = far + cost + taken + faulty;
    snprintf(text, sizeof text,
             "%" PRId64 " m away: %" PRId64 "; %s%s%s for the energy: %" PRId64 "; %s: %" PRId64 "; %" PRId64
             " faults lately: %" PRId64,
             offer->distance_m, far, amount, offer->has_price ? " " : "", offer->has_price ? offer->currency : "", cost,
             offer->is_free       ? "free"
             : offer->place.visit ? "kept for somebody"
             : !offer->is_reached ? "cannot be reached now"
                                  : offer->place.status,
             taken, offer->place.faults, faulty);
    offer->reasons = order_text(command, text);
}

static bool is_better(const struct ocpp_settle_offer *a, const struct ocpp_settle_offer *b)
{
    if (a->points != b->points) {
        return a->points < b->points;
    }
    if (a->distance_m != b->distance_m) {
        return a->distance_m < b->distance_m;
    }
    const int order = strcmp(a->place.station, b->place.station);
    return order != 0 ? order < 0 : a->place.evse < b->place.evse;
}

static void sort_in(struct ocpp_settle_offer *offers, size_t count)
{
    const struct ocpp_settle_offer last = offers[count];
    size_t at = count;

    for (; at > 0 && is_better(&last, &offers[at - 1]); at--) {
        offers[at] = offers[at - 1];
    }
    offers[at] = last;
}

static void find_body(struct command *command, void *args)
{
    struct finding *finding = args;
    struct ocpp_settle_offer *offers = order_take(command, (PRICED + 1) * sizeof *offers);

    finding->candidates = order_take(command, (PRICED + 1) * sizeof *finding->candidates);
    finding->count = 0;
    if (!offers || !finding->candidates || finding->is_shown) {
        return;
    }
    command_each(command, command_key(command, "place", "", NULL), &row_place_type, look_at, finding);
    for (size_t i = 0; i < finding->count && !command_failed(command); i++) {
        const struct candidate *candidate = &finding->candidates[i];

        offers[i] = (struct ocpp_settle_offer){ .place = places_shown(candidate->place, command_utc_ms(command)),
                                                .distance_m = candidate->distance_m,
                                                .is_free = candidate->is_free,
                                                .is_reached = candidate->is_reached };
        price(command, finding, &offers[i]);
        explain(command, &offers[i]);
        sort_in(offers, i);
    }
    for (size_t i = 0; i < finding->count && i < finding->limit && !command_failed(command); i++) {
        finding->visit(&offers[i], finding->user);
    }
    finding->is_shown = true;
}

enum ocpp_status ocpp_settle_find(struct ocpp_settle *settle, const struct ocpp_settle_wish *wish,
                                  void (*visit)(const struct ocpp_settle_offer *offer, void *user), void *user,
                                  struct ocpp_now now)
{
    struct finding finding = { .wish = wish, .visit = visit, .user = user, .limit = wish->limit ? wish->limit : DEFAULT_LIMIT };

    if (wish->latitude_udeg < -90000000 || wish->latitude_udeg > 90000000 || wish->longitude_udeg < -180000000 ||
        wish->longitude_udeg > 180000000 || wish->radius_m < 1 || wish->radius_m > 100000 || wish->power_w < 0 ||
        wish->energy_wh < 0 || wish->energy_wh > 1000000 || finding.limit > OCPP_SETTLE_OFFERS) {
        return OCPP_ERR_ARGUMENT;
    }
    if (now.utc_ms == OCPP_UTC_UNKNOWN) {
        return OCPP_ERR_STATE;
    }
    backend_enter(settle, now);
    return command_run(settle, "find", find_body, &finding, NULL);
}
