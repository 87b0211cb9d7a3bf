/* status.h: every way an operation can end, in one table.
 *
 * A row gives the C name, its value, its class, the CALLERROR a peer is answered with when the status was caused by its
 * message, and one sentence for a log or a person. Values never change once published; new rows are added at the end of
 * their class. How a version of the protocol spells the CALLERROR is told by ocpp_call_error_name() in message.h.
 */
#ifndef OCPP_STATUS_H
#define OCPP_STATUS_H

#include <ocpp/export.h>

OCPP_BEGIN_DECLARATIONS

/* clang-format off */
/*    name                    value  class     CALLERROR                      sentence */
#define OCPP_STATUS_MAP(X) \
    X(OK,                         0, OK,       NONE,                          "success") \
    X(ERR_NOMEM,                 -1, RESOURCE, INTERNAL_ERROR,                "out of memory; nothing was changed") \
    X(ERR_LIMIT,                 -2, RESOURCE, INTERNAL_ERROR,                "a configured limit was reached; nothing was changed") \
    X(ERR_FULL,                  -3, RESOURCE, INTERNAL_ERROR,                "the store is full; nothing was changed") \
    X(ERR_STATE,                -10, USE,      INTERNAL_ERROR,                "not possible in the present state; nothing was changed") \
    X(ERR_ARGUMENT,             -11, USE,      INTERNAL_ERROR,                "an argument is outside its documented range") \
    X(ERR_NOT_FOUND,            -12, USE,      INTERNAL_ERROR,                "no such entry") \
    X(ERR_BUSY,                 -13, USE,      INTERNAL_ERROR,                "busy with an earlier request") \
    X(ERR_NOT_JSON,             -20, MESSAGE,  RPC_FRAMEWORK_ERROR,           "not JSON text") \
    X(ERR_UTF8,                 -21, MESSAGE,  RPC_FRAMEWORK_ERROR,           "not valid UTF-8") \
    X(ERR_NUL,                  -22, MESSAGE,  RPC_FRAMEWORK_ERROR,           "a NUL character stands in the text") \
    X(ERR_DEPTH,                -23, MESSAGE,  RPC_FRAMEWORK_ERROR,           "nested more deeply than the limit") \
    X(ERR_NODES,                -24, MESSAGE,  RPC_FRAMEWORK_ERROR,           "more values than the limit") \
    X(ERR_DUPLICATE_MEMBER,     -25, MESSAGE,  RPC_FRAMEWORK_ERROR,           "a member name occurs twice in one object") \
    X(ERR_NUMBER_RANGE,         -26, MESSAGE,  RPC_FRAMEWORK_ERROR,           "a number is too large to be kept exactly") \
    X(ERR_TOO_LARGE,            -27, MESSAGE,  RPC_FRAMEWORK_ERROR,           "the message is larger than the limit") \
    X(ERR_NOT_FRAME,            -28, MESSAGE,  RPC_FRAMEWORK_ERROR,           "not an OCPP-J frame") \
    X(ERR_MESSAGE_TYPE,         -29, MESSAGE,  MESSAGE_TYPE_NOT_SUPPORTED,    "the message type number is not known") \
    X(ERR_MISSING_MEMBER,       -30, MESSAGE,  OCCURRENCE_CONSTRAINT_VIOLATION, "a required member is missing") \
    X(ERR_TYPE,                 -31, MESSAGE,  TYPE_CONSTRAINT_VIOLATION,     "a value is of the wrong JSON type") \
    X(ERR_VALUE,                -32, MESSAGE,  PROPERTY_CONSTRAINT_VIOLATION, "a value is not one of those allowed") \
    X(ERR_LENGTH,               -33, MESSAGE,  PROPERTY_CONSTRAINT_VIOLATION, "a text is longer than allowed") \
    X(ERR_RANGE,                -34, MESSAGE,  PROPERTY_CONSTRAINT_VIOLATION, "a number is outside its range") \
    X(ERR_DATE_TIME,            -35, MESSAGE,  PROPERTY_CONSTRAINT_VIOLATION, "not a date and time of RFC 3339") \
    X(ERR_TOO_FEW,              -36, MESSAGE,  OCCURRENCE_CONSTRAINT_VIOLATION, "a list has fewer items than required") \
    X(ERR_TOO_MANY,             -37, MESSAGE,  OCCURRENCE_CONSTRAINT_VIOLATION, "a list has more items than allowed") \
    X(ERR_UNKNOWN_MEMBER,       -38, MESSAGE,  FORMAT_VIOLATION,              "a member is not part of this message") \
    X(ERR_UNKNOWN_ACTION,       -39, MESSAGE,  NOT_IMPLEMENTED,               "the action is not known in this version") \
    X(ERR_UNSUPPORTED_ACTION,   -40, MESSAGE,  NOT_SUPPORTED,                 "the action is known but not supported here") \
    X(ERR_DUPLICATE_ID,         -41, MESSAGE,  RPC_FRAMEWORK_ERROR,           "a call with the same message id is being handled") \
    X(ERR_NOT_ACCEPTED,         -42, MESSAGE,  SECURITY_ERROR,                "the station is not accepted yet") \
    X(ERR_SECURITY,             -43, MESSAGE,  SECURITY_ERROR,                "what was shown proves too little, or belongs to somebody else") \
    X(ERR_CALL_ERROR,           -50, PEER,     GENERIC_ERROR,                 "the peer answered with an error") \
    X(ERR_TIMEOUT,              -51, PEER,     GENERIC_ERROR,                 "the peer did not answer in time") \
    X(ERR_CLOSED,               -52, PEER,     GENERIC_ERROR,                 "the connection was lost") \
    X(ERR_BAD_ANSWER,           -53, PEER,     GENERIC_ERROR,                 "the peer's answer breaks the rules of its message") \
    X(ERR_STORAGE,              -60, IO,       INTERNAL_ERROR,                "the store failed") \
    X(ERR_CORRUPT,              -61, IO,       INTERNAL_ERROR,                "a stored record cannot be read") \
    X(ERR_NETWORK,              -62, IO,       INTERNAL_ERROR,                "the network failed") \
    X(ERR_TLS,                  -63, IO,       SECURITY_ERROR,                "the secure connection was refused") \
    X(ERR_ADDRESS_IN_USE,       -64, IO,       INTERNAL_ERROR,                "the address is in use") \
    X(ERR_CRYPTO,               -65, IO,       INTERNAL_ERROR,                "a cryptographic operation failed") \
    X(ERR_FOREIGN,              -66, IO,       INTERNAL_ERROR,                "the file belongs to another program or a newer release; it was not touched") \
    X(ERR_LOCKED,               -67, IO,       INTERNAL_ERROR,                "another process has the store open")
/* clang-format on */

/* ocpp_status: the outcome of an operation; 0 is success, everything else is negative. */
enum ocpp_status {
#define OCPP_STATUS_VALUE(name, value, class, call_error, sentence) OCPP_##name = (value),
    OCPP_STATUS_MAP(OCPP_STATUS_VALUE)
#undef OCPP_STATUS_VALUE
};

/* ocpp_status_class: RESOURCE ends by itself or by settings, USE is the caller's, MESSAGE is the text that was given,
 * PEER is the other side's answer, IO is the world below the adapters. */
enum ocpp_status_class {
    OCPP_CLASS_OK,
    OCPP_CLASS_RESOURCE,
    OCPP_CLASS_USE,
    OCPP_CLASS_MESSAGE,
    OCPP_CLASS_PEER,
    OCPP_CLASS_IO
};

/* ocpp_call_error: the error codes of OCPP-J, united over the versions.
 * OCPP-J 1.6 table 7; OCPP 2.0.1 part 4 table 8; OCPP 2.1 part 4 table 9. */
enum ocpp_call_error {
    OCPP_CALL_ERROR_NONE,
    OCPP_CALL_ERROR_NOT_IMPLEMENTED,
    OCPP_CALL_ERROR_NOT_SUPPORTED,
    OCPP_CALL_ERROR_INTERNAL_ERROR,
    OCPP_CALL_ERROR_PROTOCOL_ERROR,
    OCPP_CALL_ERROR_SECURITY_ERROR,
    OCPP_CALL_ERROR_FORMAT_VIOLATION,
    OCPP_CALL_ERROR_PROPERTY_CONSTRAINT_VIOLATION,
    OCPP_CALL_ERROR_OCCURRENCE_CONSTRAINT_VIOLATION,
    OCPP_CALL_ERROR_TYPE_CONSTRAINT_VIOLATION,
    OCPP_CALL_ERROR_GENERIC_ERROR,
    OCPP_CALL_ERROR_MESSAGE_TYPE_NOT_SUPPORTED,
    OCPP_CALL_ERROR_RPC_FRAMEWORK_ERROR
};

/* ocpp_status_name: "ERR_NOMEM" and so on; "?" for a value that is not in the table. Never NULL. */
OCPP_API const char *ocpp_status_name(enum ocpp_status status);

/* ocpp_status_sentence: one English sentence for a log or a person. Never NULL. */
OCPP_API const char *ocpp_status_sentence(enum ocpp_status status);

/* ocpp_status_class_of: the class of a status; OCPP_CLASS_USE for a value that is not in the table. */
OCPP_API enum ocpp_status_class ocpp_status_class_of(enum ocpp_status status);

/* ocpp_status_call_error: the CALLERROR code a peer is answered with when its message caused |status|. */
OCPP_API enum ocpp_call_error ocpp_status_call_error(enum ocpp_status status);

OCPP_END_DECLARATIONS

#endif
