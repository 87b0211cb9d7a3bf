/* pile_words.c: see pile_words.h. A table says for each kind of value where they come from. */
#include "pile_words.h"
#include "commands.h"
#include "setting_name.h"

#include <stdio.h>
#include <string.h>

enum { NUMBER_SIZE = 16 };

static void offer_numbers(int first, int last, struct completion *completion)
{
    char text[NUMBER_SIZE];

    for (int number = first; number <= last; number++) {
        snprintf(text, sizeof text, "%d", number);
        completion_offer(completion, text);
    }
}

static void evses(const struct pile *pile, struct completion *completion)
{
    offer_numbers(1, pile->options->evses, completion);
}

static void evses_or_all(const struct pile *pile, struct completion *completion)
{
    offer_numbers(0, pile->options->evses, completion);
}

static void connectors(const struct pile *pile, struct completion *completion)
{
    offer_numbers(1, pile->options->connectors, completion);
}

static void slots(const struct pile *pile, struct completion *completion)
{
    offer_numbers(1, pile->options->banks, completion);
}

static void vendors(const struct pile *pile, struct completion *completion)
{
    for (size_t i = 0; i < PILE_VENDORS; i++) {
        if (pile->vendors[i].id[0]) {
            completion_offer(completion, pile->vendors[i].id);
        }
    }
}

static void command_names(const struct pile *pile, struct completion *completion)
{
    const char *name, *forms;

    (void)pile;
    for (int i = 0; command_at(i, &name, &forms); i++) {
        completion_offer(completion, name);
    }
}

/* --- words of the protocol ------------------------------------------------------------------------------------------- */

static void token_types(const struct pile *pile, struct completion *completion)
{
    (void)pile;
    for (int type = OCPP_TOKEN_UNKNOWN + 1; type <= OCPP_TOKEN_VIN; type++) {
        completion_offer(completion, ocpp_token_type_name((enum ocpp_token_type)type));
    }
}

static void stop_reasons(const struct pile *pile, struct completion *completion)
{
    (void)pile;
    for (int reason = OCPP_STOP_UNKNOWN + 1; reason <= OCPP_STOP_UNLOCK_COMMAND; reason++) {
        completion_offer(completion, ocpp_stop_reason_name((enum ocpp_stop_reason)reason));
    }
}

static void offer_all(const char *const *words, size_t count, struct completion *completion)
{
    for (size_t i = 0; i < count; i++) {
        completion_offer(completion, words[i]);
    }
}

/* OCPP 1.6 edition 2, 7.6. */
static void faults(const struct pile *pile, struct completion *completion)
{
    static const char *const codes[] = { "ConnectorLockFailure", "EVCommunicationError", "GroundFailure",
                                         "HighTemperature",      "InternalError",        "LocalListConflict",
                                         "OtherError",           "OverCurrentFailure",   "OverVoltage",
                                         "PowerMeterFailure",    "PowerSwitchFailure",   "ReaderFailure",
                                         "ResetFailure",         "UnderVoltage",         "WeakSignal" };

    (void)pile;
    offer_all(codes, sizeof codes / sizeof codes[0], completion);
}

/* OCPP 2.0.1 part 2, appendix 1; those a tester would want to happen. */
static void security_events(const struct pile *pile, struct completion *completion)
{
    static const char *const types[] = {
        "AttemptedReplayAttacks", "FailedToAuthenticateAtCsms", "InvalidCsmsCertificate", "InvalidFirmwareSignature",
        "InvalidMessages",        "InvalidTLSCipherSuite",      "InvalidTLSVersion",      "MaintenanceLoginAccepted",
        "MaintenanceLoginFailed", "MemoryExhaustion",           "SettingSystemTime",      "TamperDetectionActivated"
    };

    (void)pile;
    offer_all(types, sizeof types / sizeof types[0], completion);
}

/* --- what the engine knows ------------------------------------------------------------------------------------------- */

struct names {
    struct completion *completion;
    bool has_keys; /* of 1.6 as well */
};

/* There are hundreds of variables: first their components, then the variables of one. */
static bool offer_setting(const struct ocpp_setting_view *view, void *user)
{
    const struct names *names = user;
    char name[SETTING_NAME_SIZE];
    const bool wants_component = !strchr(names->completion->typed, '.');

    if (names->has_keys && wants_component && view->key) {
        completion_offer(names->completion, view->key);
    }
    setting_name_print(&view->name, name, sizeof name);
    char *dot = strchr(name, '.');
    if (wants_component && dot) {
        dot[1] = '\0';
    }
    if (name[0]) {
        completion_offer(names->completion, name);
    }
    return true;
}

static void settings(const struct pile *pile, struct completion *completion)
{
    struct names names = { completion, true };

    ocpp_charge_point_each_setting(pile->cp, offer_setting, &names);
}

static void variables(const struct pile *pile, struct completion *completion)
{
    struct names names = { completion, false };

    ocpp_charge_point_each_setting(pile->cp, offer_setting, &names);
}

static bool offer_kept(const struct ocpp_kept_record *record, void *user)
{
    completion_offer(user, record->key);
    return true;
}

static void kept_records(const struct pile *pile, struct completion *completion)
{
    (void)!ocpp_charge_point_each_kept(pile->cp, offer_kept, completion);
}

/* --- all ------------------------------------------------------------------------------------------------------------- */

static void values(const char *kind, struct completion *completion, void *user)
{
    static const struct {
        const char *kind;
        void (*offer)(const struct pile *pile, struct completion *completion);
    } kinds[] = {
        { "evse", evses },
        { "evse-or-0", evses_or_all },
        { "connector", connectors },
        { "slot", slots },
        { "vendor", vendors },
        { "command", command_names },
        { "token-type", token_types },
        { "stop-reason", stop_reasons },
        { "fault", faults },
        { "security-event", security_events },
        { "setting", settings },
        { "variable", variables },
        { "kept", kept_records },
    };

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].kind, kind) == 0) {
            kinds[i].offer(user, completion);
        }
    }
    pile_words_banks(user, kind, completion);
}

struct completion_source pile_words(struct pile *pile)
{
    return (struct completion_source){ command_at, values, pile };
}
