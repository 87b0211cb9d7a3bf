/* commands_vendor.c: messages of vendors, both ways: what the pile sends, and how it answers what comes for a vendor. */
#include "command_arguments.h"

#include <stdio.h>
#include <string.h>

/* By enum ocpp_data_transfer_status. */
static const char *const results[] = { "unanswered", "Accepted", "Rejected", "UnknownMessageId", "UnknownVendorId" };

static void told(struct ocpp_charge_point *cp, const struct ocpp_data_transfer_answer *answer, void *user)
{
    (void)cp;
    if (answer->status == OCPP_OK) {
        pile_log(user, "the central system says %s %s", results[answer->result],
                 answer->kind == OCPP_DATA_NONE ? "" : answer->data);
    } else {
        pile_log(user, "no answer: %s", ocpp_status_sentence(answer->status));
    }
}

enum command_outcome run_transfer(struct arguments *arguments)
{
    struct pile *pile = arguments->pile;
    char **words = arguments->words;
    const struct ocpp_data_transfer request = { .vendor_id = words[0],
                                                .message_id = arguments->count > 1 ? words[1] : NULL,
                                                .kind = arguments->count > 2 ? OCPP_DATA_TEXT : OCPP_DATA_NONE,
                                                .data = arguments->count > 2 ? words[2] : NULL };

    return outcome_of(arguments, ocpp_charge_point_data_transfer(pile->cp, &request, told, pile, sim_now()));
}

static struct pile_vendor *vendor_called(struct pile *pile, const char *id)
{
    for (int i = 0; i < PILE_VENDORS; i++) {
        if (!pile->vendors[i].id[0] || strcmp(pile->vendors[i].id, id) == 0) {
            return &pile->vendors[i];
        }
    }
    return NULL;
}

/* Vendor ids are compared without regard to case by the engine, which asks the handler of the right one only. */
static void asked(struct ocpp_charge_point *cp, const struct ocpp_data_transfer *request, struct ocpp_call_token call, void *user)
{
    const struct pile_vendor *vendor = user;
    const struct ocpp_data_transfer_answer answer = { .result = vendor->result, .kind = request->kind, .data = request->data };

    if (vendor->result != OCPP_DATA_TRANSFER_UNANSWERED) {
        (void)ocpp_charge_point_answer_data_transfer(cp, call, &answer, sim_now());
    }
}

static enum ocpp_status speak_for(struct pile *pile, struct pile_vendor *vendor)
{
    const struct ocpp_data_transfer_handler handler = { .vendor_id = vendor->id, .on_request = asked, .user = vendor };

    return ocpp_charge_point_on_data_transfer(pile->cp, &handler, sim_now());
}

void pile_speak_for_vendors(struct pile *pile)
{
    for (int i = 0; i < PILE_VENDORS && pile->vendors[i].id[0]; i++) {
        (void)speak_for(pile, &pile->vendors[i]);
    }
}

enum command_outcome run_vendor(struct arguments *arguments)
{
    struct pile_vendor *vendor = vendor_called(arguments->pile, arguments->words[0]);

    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++) {
        if (strcmp(results[i], arguments->words[1]) != 0) {
            continue;
        }
        if (!vendor || strlen(arguments->words[0]) >= sizeof vendor->id) {
            return wrong(arguments, "not for that many vendors, or so long a name:", arguments->words[0]);
        }
        snprintf(vendor->id, sizeof vendor->id, "%s", arguments->words[0]);
        vendor->result = (enum ocpp_data_transfer_status)i;
        return outcome_of(arguments, speak_for(arguments->pile, vendor));
    }
    return wrong(arguments, "it can say Accepted, Rejected, UnknownMessageId, UnknownVendorId or be unanswered, not",
                 arguments->words[1]);
}
