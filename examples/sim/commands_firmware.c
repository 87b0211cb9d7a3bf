/* commands_firmware.c: what becomes of new firmware. */
#include "command_arguments.h"
#include "pile_firmware.h"

#include <ocpp/firmware.h>

#include <stdio.h>
#include <string.h>

static enum command_outcome show(struct arguments *arguments)
{
    struct ocpp_firmware_view view = ocpp_charge_point_firmware(arguments->pile->cp);

    pile_log(arguments->pile, "firmware update: %s, %llu bytes, %zu untold%s", ocpp_firmware_status_name(view.status),
             (unsigned long long)view.bytes, view.untold, view.is_ongoing ? ", going on" : "");
    return COMMAND_DONE;
}

enum command_outcome run_firmware(struct arguments *arguments)
{
    static const struct {
        const char *word;
        enum firmware_fate fate;
    } fates[] = { { "work", FIRMWARE_WORKS }, { "fail", FIRMWARE_FAILS }, { "rollback", FIRMWARE_ROLLS_BACK } };
    const char *word = arguments->count > 0 ? arguments->words[0] : "";

    if (word[0] == '\0') {
        return show(arguments);
    }
    if (strcmp(word, "pause") == 0 || strcmp(word, "resume") == 0) {
        return outcome_of(arguments, ocpp_charge_point_firmware_pause(arguments->pile->cp, word[0] == 'p', sim_now()));
    }
    for (size_t i = 0; i < sizeof fates / sizeof fates[0]; i++) {
        if (strcmp(fates[i].word, word) == 0) {
            pile_firmware_fate(arguments->pile, fates[i].fate);
            return COMMAND_DONE;
        }
    }
    return wrong(arguments, "no such fate:", word);
}
