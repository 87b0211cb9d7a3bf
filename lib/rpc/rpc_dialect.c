/* rpc_dialect.c: the table of rpc_dialect.h, with the clauses each choice stands on. */
#include "rpc_dialect.h"

/* An unknown message type: 1.6 (4.1.3) and 2.1 (part 4, 4.1.3 and 4.4) ignore it. 2.0.1 contradicts itself: 4.1.3 ignores the
 * payload, 4.4 answers MessageTypeNotSupported. We answer: 4.4 is the more special clause, ignoring the payload does not rule it
 * out, and a newer peer learns that it has to fall back.
 *
 * An unreadable id: "-1" in 2.x (part 4, 4.2.3); 1.6 knows no such id, and a CALLERROR that nobody can match helps nobody. */
static const struct ocpp_rpc_dialect dialects[OCPP_VERSION_COUNT] = {
    [OCPP_VERSION_NONE] = { .last_type = 6 },
    [OCPP_VERSION_1_6] = { .last_type = 4 },
    [OCPP_VERSION_2_0_1] = { .last_type = 4, .answers_unreadable = true, .answers_unknown_type = true },
    /* part 2, FR.06: a broken CALLRESULT is answered */
    [OCPP_VERSION_2_1] = { .last_type = 6, .answers_unreadable = true, .answers_broken_results = true },
};

const struct ocpp_rpc_dialect *ocpp_rpc_dialect_of(enum ocpp_version version)
{
    return &dialects[(unsigned)version < OCPP_VERSION_COUNT ? version : OCPP_VERSION_NONE];
}
