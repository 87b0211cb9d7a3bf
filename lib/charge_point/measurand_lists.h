/* measurand_lists.h: lists of measurands: which are wanted, and of which phases.
 *
 * A list of 1.6 may combine a measurand with a phase: "Voltage.L1" (edition 2, 9.1.17). One of 2.x names measurands only, all of
 * whose phases are told (2.0.1 part 2 J 2.3, errata 2.34): a phase there is refused, and what 1.6 thinned is whole again in 2.x.
 * The set of measurands is the variable's value; the phases stand beside it, and in the text of its record.
 */
#ifndef OCPP_LIB_CHARGE_POINT_MEASURAND_LISTS_H
#define OCPP_LIB_CHARGE_POINT_MEASURAND_LISTS_H

#include "facts.h"
#include "variables.h"

enum {
    MEASURAND_COUNT = OCPP_MEASURAND_VOLTAGE + 1,
    PHASED_LISTS = 5, /* variables whose lists may name phases */
    MOST_PHASED = 12  /* members of one list that name a phase: three of each of four measurands */
};

struct measurands {
    int64_t set;                      /* bits 1 << enum ocpp_measurand */
    uint16_t phases[MEASURAND_COUNT]; /* of each in the set, bits 1 << enum ocpp_phase; 0: all there are */
    bool is_phased;                   /* it was read from a text that names a phase */
};

struct ocpp_charge_point;

/* ocpp_cp_measurands_read: |text| as a list; a measurand that is named without a phase, too, is wanted whole. Errors:
 * OCPP_ERR_VALUE an unknown name, or a phase of what has none; OCPP_ERR_RANGE more than MOST_PHASED with a phase. _write: the
 * other way, in the order of the vocabulary. */
enum ocpp_status ocpp_cp_measurands_read(const char *text, struct measurands *list);
void ocpp_cp_measurands_write(const struct measurands *list, char text[OCPP_VARIABLE_TEXT_SIZE]);

/* ocpp_cp_measurands: the list of |variable| as a version of |family| understands it. _may_be_phased: whether it may name phases.
 * _keep_phases: takes those that |text| names; "": none. */
struct measurands ocpp_cp_measurands(const struct ocpp_charge_point *cp, enum variable variable, enum family family);
bool ocpp_cp_measurands_may_be_phased(enum variable variable);
void ocpp_cp_measurands_keep_phases(struct ocpp_charge_point *cp, enum variable variable, const char *text);

/* ocpp_cp_measurands_add: |list| wants what |other| wants, too. _want: whether |sample| is wanted. */
void ocpp_cp_measurands_add(struct measurands *list, const struct measurands *other);
bool ocpp_cp_measurands_want(const struct measurands *list, const struct ocpp_sample *sample);

#endif
