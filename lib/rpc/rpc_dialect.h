/* rpc_dialect.h: where the versions of the protocol differ in the call layer, as data. Spelling of error codes is
 * ocpp_call_error_name()'s. */
#ifndef OCPP_LIB_RPC_DIALECT_H
#define OCPP_LIB_RPC_DIALECT_H

#include <ocpp/types.h>

struct ocpp_rpc_dialect {
    uint8_t last_type;           /* message type numbers from 2 to this one are known */
    bool answers_unreadable;     /* what is no frame, or a CALL without a readable id, is answered with id "-1" */
    bool answers_unknown_type;   /* with MessageTypeNotSupported; otherwise such a message is ignored */
    bool answers_broken_results; /* with CALLRESULTERROR */
};

/* ocpp_rpc_dialect_of: never NULL; OCPP_VERSION_NONE knows every type and answers nothing. */
const struct ocpp_rpc_dialect *ocpp_rpc_dialect_of(enum ocpp_version version);

#endif
