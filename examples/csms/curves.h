/* curves.h: how power and energy of transactions went, for whoever looks at them: the newest transactions, each with a bounded
 * number of points. A shadow of what stations told since the program began; bills are made of what is stored. Thread-safe.
 */
#ifndef CSMS_CURVES_H
#define CSMS_CURVES_H

#include <ocpp/central_system.h>

enum { CURVES_MAX = 4096, CURVE_POINTS = 128, CURVE_ID_SIZE = 37 * 4 };

enum { CURVE_HAS_ENERGY = 1, CURVE_HAS_POWER = 2, CURVE_HAS_SOC = 4 };

struct curve_point {
    int64_t utc_ms;
    int64_t register_wh;
    int32_t power_w;
    int8_t soc; /* percent */
    uint8_t has;
};

/* curve: by time. */
struct curve {
    size_t count;
    bool thinned; /* points were left out evenly */
    struct curve_point points[CURVE_POINTS];
};

struct curves;

/* curves_new: NULL without memory. */
struct curves *curves_new(void);
void curves_free(struct curves *curves);

/* curves_note: what |told| says of register, power and state of charge. Told again it changes nothing. The oldest transaction
 * makes room for the newest; without memory nothing is noted. */
void curves_note(struct curves *curves, const struct ocpp_transaction_event *told);

/* curves_copy: the curve of a transaction into |copy|; false: none is kept. */
bool curves_copy(struct curves *curves, const char *identity, const char *id, struct curve *copy);

#endif
