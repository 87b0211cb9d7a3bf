/* setting_name.c: names of settings, taken apart and put together. */
#include "setting_name.h"
#include "pile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Cuts "[instance]" off the end of |text|; NULL when there is none. */
static const char *cut_instance(char *text)
{
    size_t size = strlen(text);
    char *bracket = strchr(text, '[');

    if (!bracket || text[size - 1] != ']') {
        return NULL;
    }
    text[size - 1] = '\0';
    *bracket = '\0';
    return bracket + 1;
}

/* Cuts "@EVSE" or "@EVSE,CONNECTOR" off the end of |text|; false when no numbers stand there. */
static bool cut_place(char *text, struct ocpp_setting_name *name)
{
    char *place = strchr(text, '@');
    char *end;

    if (!place) {
        return true;
    }
    *place++ = '\0';
    name->evse = (int)strtol(place, &end, 10);
    if (end == place || (*end && *end != ',')) {
        return false;
    }
    if (*end == ',') {
        place = end + 1;
        name->connector = (int)strtol(place, &end, 10);
    }
    return end != place && !*end;
}

bool setting_name_read(const char *text, struct setting_name *parsed)
{
    *parsed = (struct setting_name){ .is_key = !strchr(text, '.') };
    if ((size_t)snprintf(parsed->text, sizeof parsed->text, "%s", text) >= sizeof parsed->text || !*text) {
        return false;
    }
    if (parsed->is_key) {
        return true;
    }
    char *variable = strchr(parsed->text, '.');
    *variable++ = '\0';
    if (!cut_place(parsed->text, &parsed->name)) {
        return false;
    }
    parsed->name.component_instance = cut_instance(parsed->text);
    parsed->name.instance = cut_instance(variable);
    parsed->name.component = parsed->text;
    parsed->name.variable = variable;
    return *parsed->text && *variable;
}

static size_t add(char *text, size_t room, size_t used, const char *before, const char *part, const char *behind)
{
    int size = used < room ? snprintf(text + used, room - used, "%s%s%s", before, part, behind) : 0;

    return used + (size > 0 ? (size_t)size : 0);
}

void setting_name_print(const struct ocpp_setting_name *name, char *text, size_t room)
{
    char place[32] = "";
    size_t used = 0;

    text[0] = '\0';
    if (!name->component || !name->variable) {
        return;
    }
    if (name->evse > 0) {
        snprintf(place, sizeof place, name->connector > 0 ? "@%d,%d" : "@%d", name->evse, name->connector);
    }
    used = add(text, room, used, "", name->component, "");
    if (name->component_instance) {
        used = add(text, room, used, "[", name->component_instance, "]");
    }
    used = add(text, room, used, place, ".", name->variable);
    if (name->instance) {
        (void)add(text, room, used, "[", name->instance, "]");
    }
}

enum ocpp_status setting_name_set(struct ocpp_charge_point *cp, const char *text, const char *value)
{
    struct setting_name parsed;

    if (!setting_name_read(text, &parsed)) {
        return OCPP_ERR_NOT_FOUND;
    }
    return parsed.is_key ? ocpp_charge_point_key_set(cp, text, value, sim_now())
                         : ocpp_charge_point_setting_set(cp, &parsed.name, value, sim_now());
}
