/* recording_head.h: the first line of a recording: which pile it is of, and what its time and its random numbers begin with.
 * Files of its owner's (certificates, keys, passwords) are not named in it. */
#ifndef OCPP_SIM_RECORDING_HEAD_H
#define OCPP_SIM_RECORDING_HEAD_H

#include "options.h"

enum { RECORDING_FORMAT = 1 };

struct recording_head {
    uint64_t seed;
    int64_t utc_ms;     /* OCPP_UTC_UNKNOWN */
    unsigned protocols; /* by which it moves files (enum ocpp_transfer_protocol); 0: it moves none */
};

/* recording_head_print: for free(); NULL: no memory. */
char *recording_head_print(const struct recording_head *head, const struct options *options);

/* recording_head_parse: fills in |head| and the options it speaks of; texts of these live in |*memory|, for
 * recording_head_free(). NULL, or why it is none; after one line on standard error when the reason is "". */
const char *recording_head_parse(const char *text, size_t size, struct recording_head *head, struct options *options,
                                 void **memory);
void recording_head_free(void *memory);

#endif
