/* profile_texts.h: charging profiles as the central system writes them, and what a station answers about them, in few words. */
#ifndef OCPP_TESTS_PROFILE_TEXTS_H
#define OCPP_TESTS_PROFILE_TEXTS_H

#include "station_world.h"

/* A profile; what is 0 or NULL is left out, or is what is usual: id 1, level 0, TxDefaultProfile, Absolute, from now on, in A,
 * "0:6" as its periods ("second:limit second:limit", with "/phases" behind a limit where it is said). */
struct profile_text {
    int evse; /* 1.6: the connector's number */
    int id;
    int level;
    const char *purpose; /* in the words of 2.0.1; 1.6's are made of them */
    const char *kind;
    const char *recurrency;
    const char *unit;
    const char *periods;
    const char *transaction; /* 1.6: a number */
    int start_s;             /* from now */
    int duration_s;
    int valid_from_s; /* from now */
    int valid_to_s;
    bool without_start;
    const char *more;          /* members of the profile: ",'x':1" */
    const char *more_schedule; /* … of its schedule */
};

/* profile_json: the profile alone. set_profile: SetChargingProfile; its status. */
const char *profile_json(struct world *world, const struct profile_text *text);
const char *set_profile(struct world *world, const struct profile_text *text);
const char *reason_of(const struct world *world); /* the reason code of the last answer */

/* composite_of: GetCompositeSchedule at |evse| (1.6: the connector's number) as "second:limit second:limit /duration"; |unit| may
 * be NULL. The status where it is not accepted. */
const char *composite_of(struct world *world, int evse, int duration_s, const char *unit);

/* date_text: now and |offset_s|. */
const char *date_text(const struct world *world, int offset_s);

#endif
