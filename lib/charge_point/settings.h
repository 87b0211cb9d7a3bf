/* settings.h: reports on the device model (reports.c), and the settings as the firmware sees them (settings.c). */
#ifndef OCPP_LIB_SETTINGS_H
#define OCPP_LIB_SETTINGS_H

#include "charge_point_dialect.h"
#include "entries.h"

enum { USUAL_POWER_W = 22080 }; /* of an EVSE nobody described: 3 phases, 32 A, 230 V */

/* A report on the device model that goes page by page. */
struct report {
    bool is_open;
    int64_t request_id;
    int64_t seq_no;
    uint8_t *marks;        /* a bit per entry: what is wanted */
    struct entry told;     /* the last entry the central system has */
    struct entry page_end; /* the last one of the page that is on its way */
    size_t page_items;     /* the most a page may hold */
    int attempts;          /* failures of the page */
};

/* ocpp_cp_report_open: marks the entries that |is_wanted| and starts to report them. VERDICT_REJECTED: one is open;
 * VERDICT_UNKNOWN: nothing is wanted. */
enum verdict ocpp_cp_report_open(struct ocpp_charge_point *cp, int64_t request_id,
                                 bool (*is_wanted)(const struct ocpp_charge_point *cp, const struct entry *entry, const void *user),
                                 const void *user);
/* ocpp_cp_report_next: goes to the next marked entry; false behind the last. */
bool ocpp_cp_report_next(const struct ocpp_charge_point *cp, struct entry *entry);
size_t ocpp_cp_report_marks_size(const struct ocpp_charge_point *cp);
bool ocpp_cp_send_report(struct ocpp_charge_point *cp); /* true: a page is on its way */
void ocpp_cp_report_answered(struct ocpp_charge_point *cp);
void ocpp_cp_report_failed(struct ocpp_charge_point *cp);

/* ocpp_cp_note_changed: a setting was changed; the firmware is told where it was not itself. |row| as in struct entry. */
void ocpp_cp_note_changed(struct ocpp_charge_point *cp, int row);
void ocpp_cp_tell_settings(struct ocpp_charge_point *cp);
/* ocpp_cp_settings_size: bytes behind cp->texts that all of the settings share. _place: gives them out. */
size_t ocpp_cp_settings_size(const struct ocpp_charge_point *cp);
void ocpp_cp_settings_place(struct ocpp_charge_point *cp);
bool ocpp_cp_are_properties(const struct ocpp_charge_point_settings *settings);

/* ocpp_cp_exact_ms: |value_s| as milliseconds; |own_ms| where that is what it was rounded up from. (transport.c) */
int64_t ocpp_cp_exact_ms(int64_t value_s, int64_t own_ms);

#endif
