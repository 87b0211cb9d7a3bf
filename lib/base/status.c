/* status.c: the table of status.h, looked up. Switches made of the same rows, so that no status can be without its sentence. */
#include <ocpp/status.h>

const char *ocpp_status_name(enum ocpp_status status)
{
    switch (status) {
#define NAME(name, value, class, call_error, sentence)                                                                           \
    case OCPP_##name:                                                                                                            \
        return #name;
        OCPP_STATUS_MAP(NAME)
#undef NAME
    }
    return "?";
}

const char *ocpp_status_sentence(enum ocpp_status status)
{
    switch (status) {
#define SENTENCE(name, value, class, call_error, sentence)                                                                       \
    case OCPP_##name:                                                                                                            \
        return sentence;
        OCPP_STATUS_MAP(SENTENCE)
#undef SENTENCE
    }
    return "unknown status";
}

enum ocpp_status_class ocpp_status_class_of(enum ocpp_status status)
{
    switch (status) {
#define CLASS(name, value, class, call_error, sentence)                                                                          \
    case OCPP_##name:                                                                                                            \
        return OCPP_CLASS_##class;
        OCPP_STATUS_MAP(CLASS)
#undef CLASS
    }
    return OCPP_CLASS_USE;
}

enum ocpp_call_error ocpp_status_call_error(enum ocpp_status status)
{
    switch (status) {
#define CALL_ERROR(name, value, class, call_error, sentence)                                                                     \
    case OCPP_##name:                                                                                                            \
        return OCPP_CALL_ERROR_##call_error;
        OCPP_STATUS_MAP(CALL_ERROR)
#undef CALL_ERROR
    }
    return OCPP_CALL_ERROR_INTERNAL_ERROR;
}
