/* terminal_rows.h: what the files about terminals share: rows, and who calls whom.
 *
 *   terminal_registry.c   terminals, vehicles, who belongs to whom
 *   terminal_prompts.c    a vehicle was plugged in, a terminal answered: is it true
 *   terminal_starts.c     what is held, granted, begun, stopped; terminal_phases.c the machine
 *   terminal_limits.c     how far the money goes
 *   terminal_fees.c       the fee, its confirmation, what follows when none comes
 *   terminal_words.c      what terminals are told, kept so that it can be told again
 *   terminal_hub.c        connections of terminals; terminal_talk.c what is said on them
 *   terminal_views.c      all of it, shown */
#ifndef SETTLEMENT_TERMINAL_ROWS_H
#define SETTLEMENT_TERMINAL_ROWS_H

#include "inbox.h"
#include "terminal_records.h"

#include <ocpp/settlement/terminals.h>

enum { TERMINAL_ID_LENGTH = 40, VEHICLE_ID_LENGTH = 64, CAR_TERMINALS = 8, CAR_PILES = 8 };

/* --- terminal_registry.c ------------------------------------------------------------------------------------------------- */

/* car_edit: the vehicle, to change and put; one nobody has heard of is new and empty. NULL: an error stuck. */
struct row_car *car_edit(struct command *command, const struct ocpp_settle_vehicle_id *vehicle);
void car_put(struct command *command, const struct row_car *car);

/* car_terminals: the names of its terminals. NULL: an error stuck. */
const char *const *car_terminals(struct command *command, const struct row_car *car);

/* car_association: that of |terminal|; NULL: none. */
const char *car_association(const struct row_car *car, const char *terminal);

/* car_told: |station| has its list now; put by the caller. */
void car_told(struct command *command, struct row_car *car, const char *station);

/* terminal_read: one that may still start something; NULL refuses with UnknownTerminal. */
const struct row_terminal *terminal_read(struct command *command, const char *id);

/* terminal_point: its public key out of its row. */
bool terminal_point(const struct row_terminal *terminal, unsigned char point[OCPP_SETTLE_POINT_SIZE]);

/* --- terminal_prompts.c: bodies of messages ------------------------------------------------------------------------------- */

void prompt_vehicle_connected(struct command *command, void *args);
void prompt_start_request(struct command *command, void *args);

/* A prompt is forgotten. */
void prompt_over(struct command *command, void *subject);

#endif
