/* rental_commands.h: bodies of what people and programs ask for. */
#ifndef SETTLEMENT_RENTAL_COMMANDS_H
#define SETTLEMENT_RENTAL_COMMANDS_H

#include "command.h"

/* rent_asked: args of rental_wanted(). */
struct rent_asked {
    const char *station;
    const struct ocpp_token *token;
    int count;
};

/* slot_asked: a word to a slot. */
struct slot_asked {
    const char *station;
    int slot;
    enum ocpp_settle_slot_order order;
};

/* renter_asked: args of known_renter_set(). */
struct renter_asked {
    const struct ocpp_token *token;
    int banks;
};

/* rental_token_type: as it stands in messages: "" where it is not known. */
const char *rental_token_type(const struct ocpp_token *token);

void rental_wanted(struct command *command, void *args);
void rental_unwanted(struct command *command, void *request_id);
void rental_keep_now(struct command *command, void *rental_id);
void known_renter_set(struct command *command, void *args);

#endif
