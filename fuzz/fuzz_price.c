/* fuzz_price.c: any bytes as a message of the pricing note of 1.6, and what is read of it reckoned with: nothing may overflow,
 * the cost never falls while time passes and energy flows, and a price that begins to hold makes no jump. The first byte says
 * which message it is meant to be. */
#include "target.h"

#include "pricing.h"
#include "require.h"

#include <string.h>

enum { STEPS = 24 };

static void reckon(struct running running)
{
    const int64_t steps_ms[STEPS] = { 0, 1, 999, 1000, 60000, 3600000, 86400000, INT64_C(86400000000) };
    int64_t meter_wh = running.meter_wh;
    int64_t utc_ms = running.utc_ms;
    int64_t before = ocpp_running_cost(&running, meter_wh, utc_ms);

    ocpp_require(before >= running.cost);
    for (int i = 0; i < STEPS; i++) {
        utc_ms += steps_ms[i];
        meter_wh += i * 1000;
        if (running.has_next && utc_ms >= running.next_utc_ms) {
            ocpp_running_turn(&running, meter_wh);
        }
        const int64_t cost = ocpp_running_cost(&running, meter_wh, utc_ms);
        ocpp_require(cost >= before);
        before = cost;
    }
}

static void look(const struct price_message *message)
{
    ocpp_require(message->text_count <= MOST_PRICE_TEXTS);
    for (size_t i = 0; i < message->text_count; i++) {
        ocpp_require(message->texts[i].text == NULL || strlen(message->texts[i].text) < 65536);
    }
    if (message->running.is_set) {
        ocpp_require(message->running.per_kwh >= 0 && message->running.per_hour >= 0 && message->running.cost >= 0);
        reckon(message->running);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct price_message message;
    char text[4096];

    if (size == 0 || size > sizeof(text) || memchr(data, '\0', size) != NULL) {
        return 0;
    }
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    const unsigned kind = data[0] % 4;
    const bool is_one = kind == 3 ? ocpp_price_default_read(text, &message)
                                  : ocpp_price_message_read(text, (enum price_message_kind)kind, &message);
    if (is_one) {
        look(&message);
    }
    ocpp_price_message_free(&message);
    return 0;
}
