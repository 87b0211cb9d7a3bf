/* payment_world_internal.h: what the files of payment_world.h share. */
#ifndef PAYMENT_WORLD_INTERNAL_H
#define PAYMENT_WORLD_INTERNAL_H

#include "payment_world.h"

struct ocpp_settle_provider bank_provider(struct payment_world *world);

/* payment_world_run: a command, as somebody asks for it. payment_world_look: one that only looks, and succeeds. */
void payment_world_run(struct payment_world *world, command_body *body, void *args);
void payment_world_look(struct payment_world *world, command_body *body, void *args);

#endif
