/* load_texts.h: what the simulated stations of the load client say. */
#ifndef OCPP_BENCH_LOAD_TEXTS_H
#define OCPP_BENCH_LOAD_TEXTS_H

/* A call: its action and its payload. |letter|: b BootNotification, h Heartbeat, m MeterValues, s StatusNotification, t
 * TransactionEvent (2.x), i an invalid MeterValues. */
struct load_text {
    char letter;
    const char *action;
    const char *payload;
};

/* load_texts_make: the texts for |version| ("1.6", "2.0.1"), |samples| values in a MeterValues. */
void load_texts_make(const char *version, int samples);

/* load_text_of: NULL for a letter that the version has not. */
const struct load_text *load_text_of(char letter);

#endif
