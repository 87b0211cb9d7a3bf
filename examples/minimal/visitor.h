/* visitor.h: what the three loop examples share: a charge point that connects, registers, and says so. */
#ifndef VISITOR_H
#define VISITOR_H

#include <ocpp/adapters.h>

struct visitor {
    struct ocpp_storage *storage;
    struct ocpp_charge_point *cp;
    struct ocpp_client *client;
};

/* visitor_open: from the arguments of main, `PROGRAM URL IDENTITY`. False after a line that says what is wrong. */
bool visitor_open(struct visitor *visitor, int argc, char **argv);

/* visitor_is_registered: the central system has accepted it, which is said once. */
bool visitor_is_registered(const struct visitor *visitor);

void visitor_close(struct visitor *visitor);

#endif
