/* vocabulary_v201.h: the vocabulary in the words of OCPP 2.0.1. What it cannot say is in the tables' comments. */
#ifndef OCPP_LIB_VOCABULARY_V201_H
#define OCPP_LIB_VOCABULARY_V201_H

#include <ocpp/v201.h>
#include <ocpp/vocabulary.h>

#include "convert.h"
#include "words.h"

extern const struct ocpp_words ocpp_v201_authorizations;     /* ocpp_authorization, ocpp201_authorization_status */
extern const struct ocpp_words ocpp_v201_registrations;      /* ocpp_registration, ocpp201_registration_status */
extern const struct ocpp_words ocpp_v201_connector_statuses; /* ocpp_connector_status, ocpp201_connector_status */
extern const struct ocpp_words ocpp_v201_token_types;        /* ocpp_token_type, ocpp201_id_token_kind */
extern const struct ocpp_words ocpp_v201_stop_reasons;       /* ocpp_stop_reason, ocpp201_reason */
extern const struct ocpp_words ocpp_v201_measurands;         /* ocpp_measurand, ocpp201_measurand */
extern const struct ocpp_words ocpp_v201_phases;             /* ocpp_phase, ocpp201_phase */
extern const struct ocpp_words ocpp_v201_locations;          /* ocpp_location, ocpp201_location */
extern const struct ocpp_words ocpp_v201_reading_contexts;   /* ocpp_reading_context, ocpp201_reading_context */
extern const struct ocpp_words ocpp_v201_triggers;           /* ocpp_trigger, ocpp201_trigger_reason */
extern const struct ocpp_words ocpp_v201_charging_states;    /* ocpp_charging_state, ocpp201_charging_state */

/* ocpp_v201_beyond: what 2.1 added to these enumerations and the tables above know: for ocpp_message_convert(). */
extern const struct ocpp_beyond ocpp_v201_beyond[];

/* ocpp_v201_token_kind_beyond: the value of a type that only 2.1 can say, as ocpp_v201_beyond has it; 0 for the others. */
int ocpp_v201_token_kind_beyond(enum ocpp_token_type type);

/* ocpp_v201_value_to_base: |value| told in |unit| (NULL: none given) as a value in the base unit of its measurand (vocabulary.h).
 * Errors: OCPP_ERR_RANGE  the unit's multiplier is beyond any decimal; |value| is untouched. */
enum ocpp_status ocpp_v201_value_to_base(struct ocpp_decimal *value, const struct ocpp201_unit_of_measure *unit);

#endif
