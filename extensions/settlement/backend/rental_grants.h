/* rental_grants.h: from a choice of a pile to a grant: banks that may be let, the marks they are to bear. */
#ifndef SETTLEMENT_RENTAL_GRANTS_H
#define SETTLEMENT_RENTAL_GRANTS_H

#include "rental.h"

/* grant_check: the bank of |choice|, which |station| may let out: it is registered there, idle, and its mark is not older than
 * what is known of it. NULL refuses: UnknownBank, WrongPile, WrongState, OldGeneration, BadMark (other hardware). */
struct row_bank *grant_check(struct command *command, const char *station, const struct ocpp_settle_bank_choice *choice);

/* grant_reserve: |bank| is |rental|'s from now on; what the grant needs is noted there. Puts the bank. */
void grant_reserve(struct command *command, struct row_rental *rental, struct row_bank *bank, const char *station,
                   const struct ocpp_settle_bank_choice *choice);

/* grant_mint: the marks of |rental|, which is put; how long its pile may be silent is set. False: an error stuck. */
bool grant_mint(struct command *command, struct row_rental *rental, struct ocpp_settle_bank_grant *grant);

/* grant_another: |choice| instead of the bank |rental| had. False, and nothing is changed: it cannot be let. */
bool grant_another(struct command *command, struct row_rental *rental, const char *station,
                   const struct ocpp_settle_bank_choice *choice, struct ocpp_settle_bank_grant *grant);

/* grant_request: the deposits of the request are held: the pile is told to go on. */
void grant_request(struct command *command, struct row_rent_request *request);

/* grant_deny: nothing comes of the request, for |code| and |reason| (at most 80 characters). The pile is told; its order is
 * looked at. Call it last. */
void grant_deny(struct command *command, struct row_rent_request *request, enum ocpp_settle_refusal_code code,
                const char *reason);

struct row_rent_request *request_edit(struct command *command, const char *id); /* NULL: none, no refusal */
void request_put(struct command *command, const struct row_rent_request *request);

#endif
