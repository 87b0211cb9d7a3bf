/* price_facts.c: what usage may say, and what it is taken for. */
#include "price_facts.h"

#include "price_elements.h"
#include "price_issue.h"
#include "price_zone.h"

#include <ocpp/settlement/money.h>

#include <string.h>

/* --- what is refused ---------------------------------------------------------------------------------------------- */

static enum ocpp_status check_event(const struct ocpp_settle_usage *usage, size_t index, struct ocpp_issue *issue)
{
    const struct ocpp_settle_usage_event *event = &usage->events.items[index];
    const bool is_first = index == 0;
    const bool is_last = index + 1 == usage->events.count;

    if ((event->kind == OCPP_SETTLE_USAGE_KIND_START && !is_first) || (event->kind == OCPP_SETTLE_USAGE_KIND_STOP && !is_last)) {
        return issue_at(issue, OCPP_ERR_VALUE, "/events/%u/kind", (unsigned)index);
    }
    if (event->has_energy_mwh && event->energy_mwh > MOST_MWH) {
        return issue_at(issue, OCPP_ERR_RANGE, "/events/%u/energyMwh", (unsigned)index);
    }
    return OCPP_OK;
}

/* Quadratic, but of 64 at most. */
static bool is_named_before(const struct ocpp_settle_usage *usage, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (strcmp(usage->banks.items[i].rental, usage->banks.items[index].rental) == 0) {
            return true;
        }
    }
    return false;
}

static enum ocpp_status check_bank(const struct ocpp_settle_usage *usage, size_t index, struct ocpp_issue *issue)
{
    const struct ocpp_settle_bank_usage *bank = &usage->banks.items[index];
    const bool is_open = bank->end == OCPP_SETTLE_BANK_END_OPEN;

    if (is_named_before(usage, index)) {
        return issue_at(issue, OCPP_ERR_VALUE, "/banks/%u/rental", (unsigned)index);
    }
    if (is_open == bank->has_ended_at) {
        return issue_at(issue, is_open ? OCPP_ERR_VALUE : OCPP_ERR_MISSING_MEMBER, "/banks/%u/endedAt", (unsigned)index);
    }
    return OCPP_OK;
}

static enum ocpp_status check_adjustments(const struct ocpp_settle_usage *usage, struct ocpp_issue *issue)
{
    for (size_t i = 0; i < usage->adjustments.count; i++) {
        const int64_t minor = usage->adjustments.items[i].net_minor;

        if (minor < -OCPP_SETTLE_MOST_MINOR || minor > OCPP_SETTLE_MOST_MINOR) {
            return issue_at(issue, OCPP_ERR_RANGE, "/adjustments/%u/netMinor", (unsigned)i);
        }
        if (taxes_check(usage->adjustments.items[i].taxes.items, usage->adjustments.items[i].taxes.count, issue) != OCPP_OK) {
            return issue_within(issue, OCPP_ERR_RANGE, "/adjustments/%u/taxes", (unsigned)i);
        }
    }
    return OCPP_OK;
}

static enum ocpp_status check_end(const struct ocpp_settle_usage *usage, struct ocpp_issue *issue)
{
    const size_t count = usage->events.count;

    if (count > 0 && usage->events.items[count - 1].kind != OCPP_SETTLE_USAGE_KIND_STOP) {
        return issue_at(issue, OCPP_ERR_STATE, "/events");
    }
    for (size_t i = 0; i < usage->banks.count; i++) {
        if (usage->banks.items[i].end == OCPP_SETTLE_BANK_END_OPEN) {
            return issue_at(issue, OCPP_ERR_STATE, "/banks/%u/end", (unsigned)i);
        }
    }
    return OCPP_OK;
}

enum ocpp_status facts_check(const struct ocpp_settle_usage *usage, const struct ocpp_settle_snapshot *snapshot,
                             enum ocpp_settle_compute_mode mode, struct ocpp_issue *issue)
{
    enum ocpp_status status = ocpp_message_validate(&ocpp_settle_usage_type, usage, issue);

    for (size_t i = 0; i < usage->events.count && status == OCPP_OK; i++) {
        status = check_event(usage, i, issue);
    }
    for (size_t i = 0; i < usage->banks.count && status == OCPP_OK; i++) {
        status = check_bank(usage, i, issue);
    }
    if (status == OCPP_OK && usage->banks.count > 0 && snapshot->tariff.bank == NULL) {
        return issue_at(issue, OCPP_ERR_VALUE, "/banks");
    }
    if (status == OCPP_OK) {
        status = check_adjustments(usage, issue);
    }
    return status == OCPP_OK && mode == OCPP_SETTLE_COMPUTE_MODE_FINAL ? check_end(usage, issue) : status;
}

/* --- what is mended ----------------------------------------------------------------------------------------------- */

void facts_name(struct facts *facts, enum ocpp_settle_bill_anomaly anomaly)
{
    facts->anomalies |= UINT32_C(1) << anomaly;
}

static void note_energy(const struct ocpp_settle_usage_event *event, int64_t base_mwh, int64_t *highest_mwh, struct facts *facts,
                        struct fact *fact)
{
    fact->energy_mwh = -1;
    if (!event->has_energy_mwh) {
        return;
    }
    const int64_t energy_mwh = event->energy_mwh - base_mwh;
    if (energy_mwh < *highest_mwh) {
        facts_name(facts, OCPP_SETTLE_BILL_ANOMALY_ENERGY_FELL);
    } else {
        *highest_mwh = energy_mwh;
    }
    fact->energy_mwh = *highest_mwh;
}

static void note_events(const struct ocpp_settle_usage *usage, struct facts *facts)
{
    const struct ocpp_settle_usage_event *first = &usage->events.items[0];
    const int64_t base_mwh = first->has_energy_mwh ? first->energy_mwh : 0;
    int64_t highest_mwh = 0;
    int64_t latest_ms = first->at;

    for (size_t i = 0; i < usage->events.count; i++) {
        const struct ocpp_settle_usage_event *event = &usage->events.items[i];

        if (event->at < latest_ms) {
            facts_name(facts, OCPP_SETTLE_BILL_ANOMALY_TIME_FELL);
        } else {
            latest_ms = event->at;
        }
        facts->items[i].at_s = second_of(latest_ms);
        note_energy(event, base_mwh, &highest_mwh, facts, &facts->items[i]);
    }
    facts->items[0].energy_mwh = 0;
}

static enum ocpp_status note_session(const struct ocpp_settle_usage *usage, enum ocpp_settle_compute_mode mode, int64_t at_s,
                                     struct ocpp_arena *arena, struct facts *facts)
{
    const size_t count = usage->events.count;

    facts->items = (struct fact *)ocpp_arena_take(arena, count * sizeof *facts->items);
    if (facts->items == NULL) {
        return OCPP_ERR_NOMEM;
    }
    note_events(usage, facts);
    const struct ocpp_settle_usage_event *last = &usage->events.items[count - 1];
    const bool has_stopped = last->kind == OCPP_SETTLE_USAGE_KIND_STOP;
    const int64_t last_s = facts->items[count - 1].at_s;
    facts->end_s = has_stopped || at_s < last_s ? last_s : at_s;
    if (usage->events.items[0].kind != OCPP_SETTLE_USAGE_KIND_START) {
        facts_name(facts, OCPP_SETTLE_BILL_ANOMALY_NO_START);
    }
    if (mode == OCPP_SETTLE_COMPUTE_MODE_FINAL && !last->has_energy_mwh) {
        facts_name(facts, OCPP_SETTLE_BILL_ANOMALY_NO_READING);
    }
    return facts->end_s - facts->items[0].at_s > MOST_SESSION_S ? OCPP_ERR_RANGE : OCPP_OK;
}

static enum ocpp_status note_reservation(const struct ocpp_settle_usage_reservation *reservation,
                                         enum ocpp_settle_compute_mode mode, int64_t at_s, struct facts *facts)
{
    facts->reserved_from_s = second_of(reservation->from);
    facts->reserved_to_s = second_of(reservation->to);
    if (reservation->to < reservation->from) {
        facts_name(facts, OCPP_SETTLE_BILL_ANOMALY_TIME_FELL);
    }
    if (mode == OCPP_SETTLE_COMPUTE_MODE_RUNNING && facts->reserved_to_s > at_s) {
        facts->reserved_to_s = at_s;
    }
    if (facts->reserved_to_s < facts->reserved_from_s) {
        facts->reserved_to_s = facts->reserved_from_s;
    }
    return facts->reserved_to_s - facts->reserved_from_s > MOST_SESSION_S ? OCPP_ERR_RANGE : OCPP_OK;
}

static void note_zone(const struct ocpp_settle_usage *usage, const struct ocpp_settle_snapshot *snapshot, struct facts *facts)
{
    const int64_t first_s = second_of(snapshot->transitions.items[0].from);

    if ((usage->events.count > 0 && facts->items[0].at_s < first_s) ||
        (usage->reservation != NULL && facts->reserved_from_s < first_s)) {
        facts_name(facts, OCPP_SETTLE_BILL_ANOMALY_NO_ZONE);
    }
}

enum ocpp_status facts_of(const struct ocpp_settle_usage *usage, const struct ocpp_settle_snapshot *snapshot,
                          enum ocpp_settle_compute_mode mode, int64_t at_s, struct ocpp_arena *arena, struct facts *facts)
{
    enum ocpp_status status = OCPP_OK;

    memset(facts, 0, sizeof *facts);
    if (usage->events.count > 0) {
        status = note_session(usage, mode, at_s, arena, facts);
    }
    if (status == OCPP_OK && usage->reservation != NULL) {
        status = note_reservation(usage->reservation, mode, at_s, facts);
    }
    if (status == OCPP_OK) {
        note_zone(usage, snapshot, facts);
    }
    return status;
}

enum ocpp_status rental_of(const struct ocpp_settle_bank_usage *bank, int64_t at_s, struct facts *facts, int64_t *to_s,
                           int64_t *lasted_s)
{
    const int64_t taken_s = second_of(bank->taken_at);
    int64_t end_s = bank->has_ended_at ? second_of(bank->ended_at) : at_s;

    if (bank->has_pinned_at && second_of(bank->pinned_at) < end_s) {
        end_s = second_of(bank->pinned_at);
        facts_name(facts, OCPP_SETTLE_BILL_ANOMALY_CLOCK_PINNED);
    }
    if (end_s < taken_s) {
        if (bank->has_ended_at || bank->has_pinned_at) {
            facts_name(facts, OCPP_SETTLE_BILL_ANOMALY_TIME_FELL);
        }
        end_s = taken_s;
    }
    *to_s = end_s;
    *lasted_s = end_s - taken_s;
    return *lasted_s > MOST_RENTAL_S ? OCPP_ERR_RANGE : OCPP_OK;
}
