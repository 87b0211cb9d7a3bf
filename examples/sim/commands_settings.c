/* commands_settings.c: the settings of the engine, by their key of 1.6 (HeartbeatInterval) or by component and variable:
 * Component.Variable, Component[instance]@EVSE,CONNECTOR.Variable[instance]. */
#include "command_arguments.h"
#include "frame_secrets.h"
#include "setting_name.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#define NO_SETTING "no such setting (get *WORD* lists those that fit):"

static void print_setting(const char *name, const char *value)
{
    printf("  %s = %s\n", name, value ? value : "(not shown)");
}

struct listing {
    const char *pattern;
    int count;
};

static bool list_one(const struct ocpp_setting_view *view, void *user)
{
    struct listing *listing = user;
    char name[SETTING_NAME_SIZE];

    setting_name_print(&view->name, name, sizeof name);
    bool by_name = name[0] && fnmatch(listing->pattern, name, FNM_CASEFOLD) == 0;
    if (by_name || (view->key && fnmatch(listing->pattern, view->key, FNM_CASEFOLD) == 0)) {
        print_setting(by_name ? name : view->key, view->value);
        listing->count++;
    }
    return true;
}

static enum command_outcome list(struct arguments *arguments, const char *pattern)
{
    struct listing listing = { .pattern = pattern };

    ocpp_charge_point_each_setting(arguments->pile->cp, list_one, &listing);
    fflush(stdout);
    return listing.count > 0 ? COMMAND_DONE : wrong(arguments, "no setting is called", pattern);
}

enum command_outcome run_get(struct arguments *arguments)
{
    const char *name = arguments->words[0];
    struct setting_name parsed;
    char value[OCPP_SETTING_TEXT_SIZE];

    if (strpbrk(name, "*?")) {
        return list(arguments, name);
    }
    if (!setting_name_read(name, &parsed)) {
        return wrong(arguments, "neither a key nor Component.Variable:", name);
    }
    enum ocpp_status status = parsed.is_key
                                  ? ocpp_charge_point_key_get(arguments->pile->cp, name, value, sizeof value)
                                  : ocpp_charge_point_setting_get(arguments->pile->cp, &parsed.name, value, sizeof value);
    if (status != OCPP_OK) {
        return wrong(arguments, NO_SETTING, name);
    }
    if (arguments->count > 1) {
        return strcmp(arguments->words[1], value) == 0
                   ? COMMAND_DONE
                   : wrong(arguments, "its value is", secrets_are_in(name) ? "another" : value);
    }
    print_setting(name, secrets_are_in(name) ? NULL : value);
    fflush(stdout);
    return COMMAND_DONE;
}

enum { WHY_SIZE = 100 };

enum command_outcome run_set(struct arguments *arguments)
{
    const char *name = arguments->words[0];
    enum ocpp_status status = setting_name_set(arguments->pile->cp, name, arguments->words[1]);
    char why[WHY_SIZE];

    if (status == OCPP_OK) {
        return COMMAND_DONE;
    }
    if (status == OCPP_ERR_NOT_FOUND) {
        return wrong(arguments, NO_SETTING, name);
    }
    snprintf(why, sizeof why, "%s:", status == OCPP_ERR_STATE ? "it cannot be changed" : ocpp_status_sentence(status));
    return wrong(arguments, why, name);
}
