/* relay_tenants.c: bills of those who charge by a card, or a phone bound to one, at a pile without a network. The session is the
 * tenant's like any other: at the house's price that held when it began, due by statement. */
#include "relay_orders.h"

#include "house.h"
#include "relay_internal.h"

#include <ocpp/settlement/money.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { CLOCKS_DIFFER_MS = 120000 }; /* of pile and backend */

/* B3, B9. Whether the phone that asked the pile had its right then. */
static const char *wrong_phone(struct command *command, const struct ocpp_settle_bill_page *bill, int64_t began)
{
    const char *binding = bill->user->binding;
    const struct house_phone *phone = binding && ocpp_settle_id_is_valid(binding)
                                          ? command_read(command, command_key(command, "phone", binding, NULL), &house_phone_type)
                                          : NULL;
    const struct house_card *card = phone ? house_card_of(command, phone->house, bill->user->token.id) : NULL;

    if (!binding) {
        return NULL;
    }
    if (!card || strcmp(phone->card, card->id) != 0 || !phone->has_bound_at || phone->bound_at > began + CLOCKS_DIFFER_MS) {
        return "the phone was not bound to the card";
    }
    return phone->has_ended_at && phone->ended_at <= began ? "the phone had no right any more" : NULL;
}

/* B13. What signs the readings, for the statement. */
static const char *signature_of(struct command *command, const struct ocpp_settle_bill_page *bill)
{
    char text[120];

    (void)snprintf(text, sizeof text, "page %s/%" PRId64 "%s", bill->iss, bill->page, bill->signed_meter ? ", signed meter" : "");
    return order_text(command, text);
}

static void note_signature(struct command *command, struct row_order *order, const struct ocpp_settle_bill_page *bill)
{
    struct row_tenant_share *share = order_take(command, sizeof *share);

    if (share) {
        *share = *order->tenant;
        share->signature = signature_of(command, bill);
        order->tenant = share;
    }
}

/* The pile may have shown a lower price than the one that held: the lower counts, and is told. */
static void lower_counts(struct command *command, const struct row_order *order, const struct ocpp_settle_bill_page *bill)
{
    const struct ocpp_settle_bill *computed = order_bill(command, order, OCPP_SETTLE_COMPUTE_MODE_FINAL);
    int64_t told = 0;

    if (computed && bill->amount && bill->currency && strcmp(bill->currency, order->currency) == 0 &&
        ocpp_settle_amount_parse(bill->amount, strlen(bill->amount), (int)order->exponent, &told) == OCPP_OK && told >= 0 &&
        told < computed->gross_minor) {
        order_adjust(command, order->id, told - computed->gross_minor, "the lower of two bills");
        order_tell(command, order, "Diverged", "the lower of two bills");
    }
}

const char *relay_tenant_page(struct command *command, const struct ocpp_settle_bill_page *bill, int64_t shift_ms,
                              const char **reason)
{
    const struct ocpp_settle_user_token token = { bill->user ? bill->user->token.id : "", "" };
    const int64_t began =
        bill->usage && bill->usage->events.count > 0 ? bill->usage->events.items[0].at + shift_ms : command_utc_ms(command);
    struct house_session session;
    enum ocpp_settle_refusal_code code;

    *reason = bill->user ? relay_oddity_of(command, bill) : "nobody is named who charged";
    *reason = *reason ? *reason : wrong_phone(command, bill, began);
    if (*reason) {
        return NULL;
    }
    house_session_of(command, bill->iss, token.id, began, &session);
    if (session.kind == HOUSE_SESSION_NONE) {
        *reason = "nobody knows whose card it was";
        return NULL;
    }
    struct row_order *order = order_open_session(command, &token, bill->iss, began, &code, reason);
    if (!order) {
        return NULL;
    }
    note_signature(command, order, bill);
    relay_note_session(command, order, bill, shift_ms);
    if (bill->usage) {
        lower_counts(command, order, bill);
    }
    order_review(command, order->id);
    return command_failed(command) ? NULL : order->id;
}
