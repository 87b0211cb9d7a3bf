/* load_texts.h: what the simulated stations of the load client say. */
#ifndef OCPP_BENCH_LOAD_TEXTS_H
#define OCPP_BENCH_LOAD_TEXTS_H

#include <stddef.h>
#include <stdint.h>

/* A call: its action and its payload. |letter|: b BootNotification, h Heartbeat, m MeterValues, s StatusNotification, S the start
 * of a transaction, t what it meters (1.6 MeterValues with its number, 2.x TransactionEvent), i an invalid MeterValues. In the
 * payload $N stands for the number of the transaction, $S for the sequence number of the call, $C for a clock that goes on with
 * it. */
struct load_text {
    char letter;
    const char *action;
    const char *payload;
};

/* load_texts_make: the texts for |version| ("1.6", "2.0.1"), |samples| values in a MeterValues. */
void load_texts_make(const char *version, int samples);

/* load_text_of: NULL for a letter that there is not. */
const struct load_text *load_text_of(char letter);

/* load_text_write: the frame of a call with the id "<index>-<sequence>"; returns its size, 0 when it does not fit. */
size_t load_text_write(const struct load_text *text, int index, uint32_t sequence, int64_t transaction, char *to, size_t room);

#endif
