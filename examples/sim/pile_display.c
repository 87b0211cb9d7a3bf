/* pile_display.c: the displays of a simulated pile: one of the station and what drivers read about prices, as lines. */
#include "pile_hardware.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN_SIZE = 400 };

/* Text from the line, as it may be printed: one line, and nothing a terminal obeys. */
static const char *printable(const char *text, char shown[SHOWN_SIZE])
{
    size_t size = 0;

    for (; *text && size + 1 < SHOWN_SIZE; text++) {
        unsigned char c = (unsigned char)*text;
        shown[size++] = c < 0x20 || c == 0x7f || (c == 0xc2 && (unsigned char)text[1] < 0xa0) ? ' ' : *text;
    }
    shown[size] = '\0';
    return shown;
}

static void show(int display, const struct ocpp_display_message *message, void *user)
{
    char text[SHOWN_SIZE];

    (void)display;
    if (message == NULL) {
        pile_log(user, "the display shows its own");
        return;
    }
    pile_log(user, "the display shows message %" PRId64 ": %s", message->id, printable(message->content, text));
}

static const char *kind_name(enum ocpp_price_kind kind)
{
    static const char *const names[] = {
        [OCPP_PRICE_NONE] = "nothing",
        [OCPP_PRICE_TARIFF] = "tariff",
        [OCPP_PRICE_TARIFF_FALLBACK] = "tariff for everybody",
        [OCPP_PRICE_RUNNING] = "cost so far",
        [OCPP_PRICE_FINAL] = "total cost",
        [OCPP_PRICE_FINAL_FALLBACK] = "cost not known",
    };
    return names[kind];
}

void pile_price_line(const struct ocpp_price *price, char line[PILE_PRICE_LINE])
{
    char text[SHOWN_SIZE];
    char amount[OCPP_DECIMAL_TEXT_SIZE] = "";

    if (price->has_amount) {
        ocpp_decimal_format(price->amount, amount);
    }
    snprintf(line, PILE_PRICE_LINE, "EVSE %d, %s:%s%s%s%s%s%s%s%s", price->evse, kind_name(price->kind),
             price->is_estimate ? " about" : "", *amount ? " " : "", amount, *amount && *price->currency ? " " : "",
             *amount ? price->currency : "", price->text_count > 0 ? " " : "",
             price->text_count > 0 ? printable(price->texts[0].text, text) : "", *price->qr_code ? " (with a QR code)" : "");
}

static void tell(const struct ocpp_price *price, void *user)
{
    char line[PILE_PRICE_LINE];

    pile_price_line(price, line);
    pile_log(user, "%s", line);
}

void pile_use_displays(struct pile *pile, struct ocpp_charge_point_settings *settings)
{
    pile->display = (struct ocpp_display_settings){
        .formats = (1u << OCPP_MESSAGE_FORMATS) - 1,
        .show = show,
        .user = pile,
    };
    pile->cost = (struct ocpp_cost_settings){
        .currency = "EUR",
        .languages = "en,de,fr,nl",
        .tell = tell,
        .user = pile,
    };
    settings->display = &pile->display;
    settings->cost = &pile->cost;
}

/* --- looked at ---------------------------------------------------------------------------------------------------------- */

bool pile_print_message(const struct ocpp_display_message *message, void *user)
{
    static const char *const priorities[] = { "always in front", "in front", "in the cycle" };
    static const char *const states[] = { "while charging", "while faulted", "while idle", "while unavailable", "always" };
    char text[SHOWN_SIZE];
    int *count = user;

    ++*count;
    printf("  message %" PRId64 ", %s, %s%s%s%s%s: %s\n", message->id, priorities[message->priority], states[message->state],
           *message->language ? ", " : "", message->language, *message->transaction_uuid ? ", of transaction " : "",
           message->transaction_uuid, printable(message->content, text));
    return true;
}
