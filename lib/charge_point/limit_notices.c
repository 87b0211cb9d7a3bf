/* limit_notices.c: what the central system is told of profiles and limits: the reports it asked for, in pages, and limits that
 * somebody else set. OCPP 2.0.1 K09, K11, K12, K13.
 *
 * A report belongs to the link it was asked over. A notice waits for the next link; only the latest state is told. */
#include "smart.h"

#include <string.h>

#include "arena.h"

enum { PAGE_PROFILES = 8, PAGE_PERIODS = 200 };

/* --- reports ----------------------------------------------------------------------------------------------------------- */

static int64_t external_id(int evse)
{
    return -1 - evse;
}

static bool external_matches(int evse, const struct external *external, const struct profile_filter *filter)
{
    if (!external->is_set || (filter->sources != 0 && (filter->sources >> external->limit.source & 1) == 0)) {
        return false;
    }
    const struct profile limit = { .id = external_id(evse), .evse = evse, .purpose = PURPOSE_EXTERNAL };
    struct profile_filter any_source = *filter;
    any_source.sources = 0;
    return ocpp_cp_profile_matches(&limit, &any_source);
}

/* Marks what matches with |bit|; how many there are. */
static size_t mark(struct ocpp_charge_point *cp, const struct profile_filter *filter, uint8_t bit)
{
    size_t count = 0;
    for (size_t i = 0; i < cp->smart->table.room; i++) {
        struct profile *profile = ocpp_smart_slot(cp, i);
        if (profile->is_used && profile->awaits == 0 && ocpp_cp_profile_matches(profile, filter)) {
            profile->reports |= bit;
            count++;
        }
    }
    for (int evse = 0; evse <= cp->settings.evse_count; evse++) {
        struct external *external = &cp->smart->externals[evse];
        if (external_matches(evse, external, filter)) {
            external->reports |= bit;
            count++;
        }
    }
    return count;
}

static void unmark(struct ocpp_charge_point *cp, uint8_t bits)
{
    for (size_t i = 0; i < cp->smart->table.room; i++) {
        struct profile *profile = ocpp_smart_slot(cp, i);
        profile->reports &= (uint8_t)~bits;
    }
    for (int evse = 0; evse <= cp->settings.evse_count; evse++) {
        cp->smart->externals[evse].reports &= (uint8_t)~bits;
    }
}

static bool is_marked(const struct profile *profile, uint8_t bit)
{
    return profile->is_used && (profile->reports & bit) != 0;
}

/* The next page: profiles of one place, as many as a message should have. Gives how many are left behind it. */
static size_t collect(const struct ocpp_charge_point *cp, uint8_t bit, struct profile *page[PAGE_PROFILES], size_t *count)
{
    size_t periods = 0;
    size_t left = 0;
    *count = 0;
    for (size_t i = 0; i < cp->smart->table.room; i++) {
        struct profile *profile = ocpp_smart_slot(cp, i);
        if (!is_marked(profile, bit)) {
            continue;
        }
        const bool is_here = *count == 0 || page[0]->evse == profile->evse;
        const bool has_room = *count == 0 || (*count < PAGE_PROFILES && periods + profile->period_count <= PAGE_PERIODS);
        if (!is_here || !has_room) {
            left++;
            continue;
        }
        page[(*count)++] = profile;
        periods += profile->period_count;
    }
    return left;
}

/* A limit from outside in the form of a profile (K11.FR.06, K12.FR.05). */
static const struct profile *profile_of_external(struct ocpp_charge_point *cp, int evse, const struct external *external)
{
    struct profile *profile = ocpp_cp_profile_begin(cp);
    const bool in_watt = external->limit.max_current_ma == INT64_MAX;
    profile->id = profile->schedule_id = external_id(evse);
    profile->evse = evse;
    profile->purpose = PURPOSE_EXTERNAL;
    profile->kind = PROFILE_ABSOLUTE;
    profile->unit = in_watt ? IN_WATT : IN_AMPERE;
    profile->start_ms = external->since_ms == OCPP_UTC_UNKNOWN ? ocpp_cp_utc(cp, cp->now) : external->since_ms;
    profile->period_count = 1;
    profile->periods[0] = (struct profile_period){
        .rate_milli = in_watt ? external->limit.max_power_w * 1000 : external->limit.max_current_ma,
    };
    return profile;
}

static int next_external(const struct ocpp_charge_point *cp, uint8_t bit, int after)
{
    for (int evse = after + 1; evse <= cp->settings.evse_count; evse++) {
        if (cp->smart->externals[evse].is_set && (cp->smart->externals[evse].reports & bit) != 0) {
            return evse;
        }
    }
    return -1;
}

static void drop_spare(struct ocpp_charge_point *cp, struct profile_report *report)
{
    ocpp_reallocate(cp->settings.allocator, report->spare, 0);
    report->spare = NULL;
}

/* What a page promises to follow may be cleared before it does, and there is no page without a profile. So one of those that are
 * left is copied: it was there when it was asked for. Without memory for that a report may lack its end. */
static void keep_spare(struct ocpp_charge_point *cp, struct profile_report *report, uint8_t bit)
{
    struct profile *page[PAGE_PROFILES];
    size_t count;
    collect(cp, bit, page, &count);
    const int external = next_external(cp, bit, -1);
    const struct profile *next = count > 0 ? page[0] : NULL;
    if (next == NULL && external >= 0) {
        next = profile_of_external(cp, external, &cp->smart->externals[external]);
    }
    drop_spare(cp, report);
    report->spare = next == NULL ? NULL : ocpp_reallocate(cp->settings.allocator, NULL, cp->smart->table.stride);
    if (report->spare != NULL) {
        memcpy(report->spare, next, cp->smart->table.stride);
        report->spare_source = count > 0 ? OCPP_LIMIT_SOURCE_CSO : cp->smart->externals[external].limit.source;
    }
}

/* The last page of a report, where everything else of it is gone. */
static enum ocpp_status send_spare(struct ocpp_charge_point *cp, struct profile_report *report)
{
    const struct profile *const list[] = { report->spare };
    const struct profile_page said = { .request_id = report->request_id,
                                       .evse = report->spare->evse,
                                       .source = report->spare_source,
                                       .profiles = list,
                                       .count = 1,
                                       .is_last = true };
    const enum ocpp_status status = cp->dialect->send_profiles(cp, &said);
    if (ocpp_status_class_of(status) != OCPP_CLASS_RESOURCE) {
        report->is_open = false;
    }
    return status;
}

static enum ocpp_status send_page(struct ocpp_charge_point *cp, struct profile_report *report, uint8_t bit)
{
    struct profile *page[PAGE_PROFILES];
    const struct profile *list[PAGE_PROFILES];
    struct profile_page said = { .request_id = report->request_id, .source = OCPP_LIMIT_SOURCE_CSO, .profiles = list };
    size_t count;
    const size_t left = collect(cp, bit, page, &count);
    const int external = next_external(cp, bit, -1);
    for (size_t i = 0; i < count; i++) {
        list[i] = page[i];
        said.evse = page[i]->evse;
    }
    said.count = count;
    said.is_last = left == 0 && external < 0;
    if (count == 0) {
        list[0] = profile_of_external(cp, external, &cp->smart->externals[external]);
        said.evse = external;
        said.source = cp->smart->externals[external].limit.source;
        said.count = 1;
        said.is_last = next_external(cp, bit, external) < 0;
    }
    const enum ocpp_status status = cp->dialect->send_profiles(cp, &said);
    if (ocpp_status_class_of(status) == OCPP_CLASS_RESOURCE) { /* later */
        return status;
    }
    for (size_t i = 0; i < count; i++) {
        page[i]->reports &= (uint8_t)~bit;
    }
    if (count == 0) {
        cp->smart->externals[said.evse].reports &= (uint8_t)~bit;
    }
    report->is_open = !said.is_last;
    keep_spare(cp, report, bit);
    return status;
}

/* Whether anything is left to report; what was to be reported may have been cleared meanwhile. */
static bool has_marked(const struct ocpp_charge_point *cp, uint8_t bit)
{
    struct profile *page[PAGE_PROFILES];
    size_t count;
    collect(cp, bit, page, &count);
    return count > 0 || next_external(cp, bit, -1) >= 0;
}

static bool send_report(struct ocpp_charge_point *cp)
{
    for (int i = 0; i < MOST_PROFILE_REPORTS; i++) {
        struct profile_report *report = &cp->smart->reports[i];
        const uint8_t bit = (uint8_t)(1 << i);
        const bool is_left = report->is_open && has_marked(cp, bit);
        report->is_open = report->is_open && (is_left || report->spare != NULL);
        if (report->is_open && (is_left ? send_page(cp, report, bit) : send_spare(cp, report)) == OCPP_OK) {
            cp->smart->flight_notice_evse = -1;
            return true;
        }
    }
    return false;
}

enum ocpp_status ocpp_cp_profile_report(struct ocpp_charge_point *cp, int64_t request_id, const struct profile_filter *filter)
{
    for (int i = 0; i < MOST_PROFILE_REPORTS; i++) {
        struct profile_report *report = &cp->smart->reports[i];
        if (report->is_open) {
            continue;
        }
        if (mark(cp, filter, (uint8_t)(1 << i)) == 0) {
            return OCPP_ERR_NOT_FOUND;
        }
        report->is_open = true;
        report->request_id = request_id;
        keep_spare(cp, report, (uint8_t)(1 << i));
        cp->dirty = true;
        return OCPP_OK;
    }
    return OCPP_ERR_LIMIT;
}

/* --- notices ------------------------------------------------------------------------------------------------------------- */

static bool send_notice(struct ocpp_charge_point *cp)
{
    for (int evse = 0; evse <= cp->settings.evse_count; evse++) {
        struct external *external = &cp->smart->externals[evse];
        if (external->notice == NOTICE_NONE) {
            continue;
        }
        const bool is_set = external->notice == NOTICE_SET;
        const bool with_schedule = is_set && cp->values[VARIABLE_NOTIFY_LIMIT_WITH_SCHEDULES] != 0;
        const struct limit_report report = {
            .evse = evse,
            .is_set = is_set,
            .limit = is_set ? &external->limit : &external->told,
            .schedule = with_schedule ? profile_of_external(cp, evse, external) : NULL,
        };
        const enum ocpp_status status = cp->dialect->send_limit(cp, &report);
        if (ocpp_status_class_of(status) == OCPP_CLASS_RESOURCE) {
            return false;
        }
        external->notice = NOTICE_NONE;
        external->is_told = is_set;
        external->told = external->limit;
        if (status == OCPP_OK) {
            cp->smart->flight_notice_evse = evse;
            return true;
        }
    }
    return false;
}

bool ocpp_cp_send_profiles(struct ocpp_charge_point *cp)
{
    if (cp->dialect->send_profiles == NULL) { /* a version without words for either: it asks for the schedule instead */
        return false;
    }
    if (!send_report(cp) && !send_notice(cp)) {
        return false;
    }
    cp->flight = FLIGHT_PROFILES;
    return true;
}

/* An error answer changes nothing: the central system has heard it. A notice that was on its way when the link went is told
 * again. */
void ocpp_cp_profiles_answered(struct ocpp_charge_point *cp, enum ocpp_status status)
{
    struct smart *smart = cp->smart;
    cp->flight = FLIGHT_NONE;
    cp->dirty = true;
    if (status == OCPP_OK) {
        return;
    }
    ocpp_cp_log(cp, OCPP_LOG_WARNING, "a report of charging profiles or limits was not accepted: %s",
                ocpp_status_sentence(status));
    if (status == OCPP_ERR_CLOSED && smart->flight_notice_evse >= 0) {
        struct external *external = &smart->externals[smart->flight_notice_evse];
        if (external->notice == NOTICE_NONE) {
            external->notice = external->is_set ? NOTICE_SET : NOTICE_CLEARED;
        }
    }
}

void ocpp_cp_profile_reports_free(struct ocpp_charge_point *cp)
{
    for (int i = 0; i < MOST_PROFILE_REPORTS; i++) {
        drop_spare(cp, &cp->smart->reports[i]);
        cp->smart->reports[i] = (struct profile_report){ .is_open = false };
    }
}

void ocpp_cp_profiles_link_down(struct ocpp_charge_point *cp)
{
    unmark(cp, 0xff);
    ocpp_cp_profile_reports_free(cp);
}
