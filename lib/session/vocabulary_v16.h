/* vocabulary_v16.h: the vocabulary in the words of OCPP 1.6. What it cannot say is in the tables' comments. */
#ifndef OCPP_LIB_VOCABULARY_V16_H
#define OCPP_LIB_VOCABULARY_V16_H

#include <ocpp/v16.h>
#include <ocpp/vocabulary.h>

#include "words.h"

extern const struct ocpp_words ocpp_v16_authorizations;     /* ocpp_authorization, ocpp16_authorization_status */
extern const struct ocpp_words ocpp_v16_registrations;      /* ocpp_registration, ocpp16_registration_status */
extern const struct ocpp_words ocpp_v16_connector_statuses; /* ocpp_connector_status, ocpp16_charge_point_status */
extern const struct ocpp_words ocpp_v16_stop_reasons;       /* ocpp_stop_reason, ocpp16_reason */
extern const struct ocpp_words ocpp_v16_measurands;         /* ocpp_measurand, ocpp16_measurand */
extern const struct ocpp_words ocpp_v16_phases;             /* ocpp_phase, ocpp16_phase */
extern const struct ocpp_words ocpp_v16_locations;          /* ocpp_location, ocpp16_location */
extern const struct ocpp_words ocpp_v16_reading_contexts;   /* ocpp_reading_context, ocpp16_reading_context */

/* ocpp_v16_unit: what a value of |measurand| is told in; UNSET where the version has no unit for it (Frequency, Power.Factor,
 * RPM). */
enum ocpp16_unit_of_measure ocpp_v16_unit(enum ocpp_measurand measurand);

/* ocpp_v16_value_to_base: |value| told in |unit| as a value in the base unit of its measurand (vocabulary.h); UNSET changes
 * nothing. Errors: OCPP_ERR_RANGE  Fahrenheit or Kelvin beyond 64 bits of thousandths; a value beyond 10^330. */
enum ocpp_status ocpp_v16_value_to_base(struct ocpp_decimal *value, enum ocpp16_unit_of_measure unit);

#endif
