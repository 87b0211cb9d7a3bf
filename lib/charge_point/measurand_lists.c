/* measurand_lists.c: lists of measurands as text and back, and whether a sample is wanted by one. OCPP 1.6 edition 2, 9.1.15,
 * 9.1.17, 9.1.25, 9.1.27, errata 3.14; OCPP 2.0.1 2.7. */
#include "charge_point_internal.h"

#include <stdio.h>
#include <string.h>

#define BIT(index) ((int64_t)1 << (index))

/* The lists that have keys in 1.6; the others are of 2.x alone. */
static const enum variable phased_lists[PHASED_LISTS] = {
    VARIABLE_SAMPLED_MEASURANDS,    VARIABLE_ALIGNED_MEASURANDS,      VARIABLE_STOP_DATA_MEASURANDS,
    VARIABLE_START_DATA_MEASURANDS, VARIABLE_STOP_ALIGNED_MEASURANDS,
};

static int list_of(enum variable variable)
{
    for (int i = 0; i < PHASED_LISTS; i++) {
        if (phased_lists[i] == variable) {
            return i;
        }
    }
    return -1;
}

/* --- from text ---------------------------------------------------------------------------------------------------- */

/* A phase goes with what is measured on a wire ("where applicable", 9.1.17). */
static bool has_phases(enum ocpp_measurand measurand)
{
    return measurand != OCPP_MEASURAND_UNKNOWN && measurand != OCPP_MEASURAND_RPM && measurand != OCPP_MEASURAND_SOC &&
           measurand != OCPP_MEASURAND_TEMPERATURE;
}

/* "Voltage" or "Voltage.L1". Names of measurands have points in them, too; those of phases have none. */
static bool read_member(char name[OCPP_LIST_MEMBER_SIZE], enum ocpp_measurand *measurand, enum ocpp_phase *phase)
{
    *phase = OCPP_PHASE_NONE;
    *measurand = ocpp_measurand_of(name);
    char *point = strrchr(name, '.');
    if (*measurand != OCPP_MEASURAND_UNKNOWN || point == NULL) {
        return *measurand != OCPP_MEASURAND_UNKNOWN;
    }
    *point = '\0';
    *measurand = ocpp_measurand_of(name);
    *phase = ocpp_phase_of(point + 1);
    return *phase != OCPP_PHASE_NONE && has_phases(*measurand);
}

/* One unknown name refuses the list whole (1.6 errata 3.14.4). */
enum ocpp_status ocpp_cp_measurands_read(const char *text, struct measurands *list)
{
    int64_t whole = 0;
    int phased = 0;
    memset(list, 0, sizeof(*list));
    while (*text != '\0') {
        char name[OCPP_LIST_MEMBER_SIZE];
        enum ocpp_measurand measurand;
        enum ocpp_phase phase;
        if (!ocpp_cp_list_next(&text, name) || !read_member(name, &measurand, &phase)) {
            return OCPP_ERR_VALUE;
        }
        list->set |= BIT(measurand);
        whole |= phase == OCPP_PHASE_NONE ? BIT(measurand) : 0;
        if (phase != OCPP_PHASE_NONE) {
            phased += (list->phases[measurand] >> phase & 1) == 0;
            list->phases[measurand] |= (uint16_t)(1U << phase);
        }
    }
    for (int i = 0; i < MEASURAND_COUNT; i++) {
        list->phases[i] = (whole & BIT(i)) != 0 ? 0 : list->phases[i];
    }
    list->is_phased = phased > 0;
    return phased <= MOST_PHASED ? OCPP_OK : OCPP_ERR_RANGE;
}

/* --- as text ------------------------------------------------------------------------------------------------------ */

static size_t append(char text[OCPP_VARIABLE_TEXT_SIZE], size_t size, int measurand, int phase)
{
    const char *name = ocpp_measurand_name((enum ocpp_measurand)measurand);
    const char *of = phase == OCPP_PHASE_NONE ? "" : ocpp_phase_name((enum ocpp_phase)phase);
    if (size + strlen(name) + strlen(of) + 3 > OCPP_VARIABLE_TEXT_SIZE) {
        return size;
    }
    return size + (size_t)snprintf(text + size, OCPP_VARIABLE_TEXT_SIZE - size, "%s%s%s%s", size == 0 ? "" : ",", name,
                                   phase == OCPP_PHASE_NONE ? "" : ".", of);
}

void ocpp_cp_measurands_write(const struct measurands *list, char text[OCPP_VARIABLE_TEXT_SIZE])
{
    size_t size = 0;
    text[0] = '\0';
    for (int i = 1; i < MEASURAND_COUNT; i++) {
        const unsigned phases = list->phases[i] == 0 ? 1U << OCPP_PHASE_NONE : list->phases[i];
        for (int phase = OCPP_PHASE_NONE; (list->set & BIT(i)) != 0 && phase <= OCPP_PHASE_L3_L1; phase++) {
            size = (phases >> phase & 1) != 0 ? append(text, size, i, phase) : size;
        }
    }
}

/* --- what is wanted ----------------------------------------------------------------------------------------------- */

bool ocpp_cp_measurands_may_be_phased(enum variable variable)
{
    return list_of(variable) >= 0;
}

struct measurands ocpp_cp_measurands(const struct ocpp_charge_point *cp, enum variable variable, enum family family)
{
    struct measurands list = { .set = cp->values[variable] };
    const int index = list_of(variable);
    if (index >= 0 && family != FAMILY_NAMED) {
        memcpy(list.phases, cp->phases[index], sizeof(list.phases));
    }
    return list;
}

/* A record that was bent wants the measurands whole. */
void ocpp_cp_measurands_keep_phases(struct ocpp_charge_point *cp, enum variable variable, const char *text)
{
    struct measurands list;
    const int index = list_of(variable);
    if (index < 0) {
        return;
    }
    if (ocpp_cp_measurands_read(text, &list) != OCPP_OK) {
        memset(&list, 0, sizeof(list));
    }
    memcpy(cp->phases[index], list.phases, sizeof(list.phases));
}

void ocpp_cp_measurands_add(struct measurands *list, const struct measurands *other)
{
    for (int i = 0; i < MEASURAND_COUNT; i++) {
        if ((other->set & BIT(i)) == 0) {
            continue;
        }
        const uint16_t both = (list->set & BIT(i)) == 0 ? other->phases[i] : list->phases[i] | other->phases[i];
        const bool is_whole = ((list->set & BIT(i)) != 0 && list->phases[i] == 0) || other->phases[i] == 0;
        list->phases[i] = is_whole ? 0 : both;
    }
    list->set |= other->set;
}

bool ocpp_cp_measurands_want(const struct measurands *list, const struct ocpp_sample *sample)
{
    const unsigned measurand = (unsigned)sample->measurand;
    if (measurand >= MEASURAND_COUNT || (list->set & BIT(measurand)) == 0) {
        return false;
    }
    const unsigned phase = (unsigned)sample->phase;
    return list->phases[measurand] == 0 || (phase <= OCPP_PHASE_L3_L1 && (list->phases[measurand] >> phase & 1) != 0);
}
