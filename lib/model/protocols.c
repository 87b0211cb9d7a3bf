/* protocols.c: finding things by their names: versions, actions, enumerated values, error codes.
 */
#include <ocpp/message.h>

#if OCPP_WITH_V16
#include <ocpp/v16.h>
#endif
#if OCPP_WITH_V201
#include <ocpp/v201.h>
#endif
#if OCPP_WITH_V21
#include <ocpp/v21.h>
#endif

#include <string.h>

const struct ocpp_protocol *ocpp_protocol_of(enum ocpp_version version)
{
    static const struct ocpp_protocol *const protocols[OCPP_VERSION_COUNT] = {
        NULL,
#if OCPP_WITH_V16
        [OCPP_VERSION_1_6] = &ocpp16_protocol,
#endif
#if OCPP_WITH_V201
        [OCPP_VERSION_2_0_1] = &ocpp201_protocol,
#endif
#if OCPP_WITH_V21
        [OCPP_VERSION_2_1] = &ocpp21_protocol,
#endif
    };
    return (unsigned)version < OCPP_VERSION_COUNT ? protocols[version] : NULL;
}

/* As strcmp() of |name| with |size| bytes that are not terminated. */
static int compare_name(const char *name, const char *bytes, size_t size)
{
    const size_t length = strlen(name);
    const int order = memcmp(name, bytes, length < size ? length : size);
    if (order != 0)
        return order;
    return length < size ? -1 : length > size;
}

const struct ocpp_action *ocpp_protocol_action(const struct ocpp_protocol *protocol, const char *name, size_t size)
{
    size_t low = 0;
    size_t high = protocol->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = compare_name(protocol->actions[middle].name, name, size);
        if (order == 0)
            return &protocol->actions[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* --- error codes --------------------------------------------------------------------------------------------------- */

/* Two spellings per code: what 1.6 says and what later versions say. OCPP-J 1.6 table 7 (its spelling errors stay: J
 * errata 5.1, 5.2); OCPP 2.0.1 part 4 table 8; OCPP 2.1 part 4 table 9. */
static const struct {
    const char *first;
    const char *later;
} call_errors[] = {
    [OCPP_CALL_ERROR_NONE] = { "GenericError", "GenericError" },
    [OCPP_CALL_ERROR_NOT_IMPLEMENTED] = { "NotImplemented", "NotImplemented" },
    [OCPP_CALL_ERROR_NOT_SUPPORTED] = { "NotSupported", "NotSupported" },
    [OCPP_CALL_ERROR_INTERNAL_ERROR] = { "InternalError", "InternalError" },
    [OCPP_CALL_ERROR_PROTOCOL_ERROR] = { "ProtocolError", "ProtocolError" },
    [OCPP_CALL_ERROR_SECURITY_ERROR] = { "SecurityError", "SecurityError" },
    [OCPP_CALL_ERROR_FORMAT_VIOLATION] = { "FormationViolation", "FormatViolation" },
    [OCPP_CALL_ERROR_PROPERTY_CONSTRAINT_VIOLATION] = { "PropertyConstraintViolation", "PropertyConstraintViolation" },
    [OCPP_CALL_ERROR_OCCURRENCE_CONSTRAINT_VIOLATION] = { "OccurenceConstraintViolation", "OccurrenceConstraintViolation" },
    [OCPP_CALL_ERROR_TYPE_CONSTRAINT_VIOLATION] = { "TypeConstraintViolation", "TypeConstraintViolation" },
    [OCPP_CALL_ERROR_GENERIC_ERROR] = { "GenericError", "GenericError" },
    [OCPP_CALL_ERROR_MESSAGE_TYPE_NOT_SUPPORTED] = { "FormationViolation", "MessageTypeNotSupported" },
    [OCPP_CALL_ERROR_RPC_FRAMEWORK_ERROR] = { "FormationViolation", "RpcFrameworkError" },
};

enum { CALL_ERROR_COUNT = sizeof call_errors / sizeof call_errors[0] };

const char *ocpp_call_error_name(enum ocpp_call_error error, enum ocpp_version version)
{
    if ((unsigned)error >= CALL_ERROR_COUNT)
        error = OCPP_CALL_ERROR_NONE;
    return version == OCPP_VERSION_1_6 ? call_errors[error].first : call_errors[error].later;
}

enum ocpp_call_error ocpp_call_error_of(const char *name)
{
    for (unsigned i = OCPP_CALL_ERROR_NONE + 1; i < CALL_ERROR_COUNT; i++) {
        if (strcmp(name, call_errors[i].later) == 0 || strcmp(name, call_errors[i].first) == 0)
            return (enum ocpp_call_error)i;
    }
    return OCPP_CALL_ERROR_GENERIC_ERROR;
}

/* --- enumerations ------------------------------------------------------------------------------------------------ */

const char *ocpp_enum_name(const struct ocpp_enum *enumeration, int value)
{
    return value >= 1 && value <= enumeration->count ? enumeration->values[value - 1] : NULL;
}

int ocpp_enum_value(const struct ocpp_enum *enumeration, const char *name)
{
    for (int i = 0; i < enumeration->count; i++) {
        if (enumeration->values[i][0] == name[0] && strcmp(enumeration->values[i], name) == 0)
            return i + 1;
    }
    return 0;
}
