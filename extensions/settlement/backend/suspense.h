/* suspense.h: what a person has to look at. */
#ifndef SETTLEMENT_SUSPENSE_H
#define SETTLEMENT_SUSPENSE_H

#include "rental.h"

#include <ocpp/settlement/rentals.h>

/* suspense_open: |entry| waits for an operator; its id, kind, station, at and what is known of the bank are given. It is put,
 * told, and where |is_security| also as an event of security. */
void suspense_open(struct command *command, struct row_suspense *entry, bool is_security, const char *text);

void suspense_close(struct command *command, struct row_suspense *entry, const char *resolution);

/* suspense_resolve: a body; |args| is a struct ocpp_settle_resolve. */
void suspense_resolve(struct command *command, void *args);

/* suspense_meet: likewise by the backend itself, if the entry still waits. */
void suspense_meet(struct command *command, struct ocpp_settle_resolve *resolve);

/* suspense_order_slot: an operator's word to a pile. */
void suspense_order_slot(struct command *command, const char *station, int64_t slot, enum ocpp_settle_slot_order order);

#endif
