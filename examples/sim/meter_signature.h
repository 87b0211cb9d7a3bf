/* meter_signature.h: a reading in the form a signing meter gives it (OCMF), without a signature that anybody could verify. */
#ifndef OCPP_SIM_METER_SIGNATURE_H
#define OCPP_SIM_METER_SIGNATURE_H

#include <ocpp/vocabulary.h>

enum { METER_SIGNATURE_SIZE = 1024 };

/* A signed value with the text it points to. */
struct meter_signature {
    struct ocpp_signed_value value;
    char data[METER_SIGNATURE_SIZE];
};

/* meter_signature_make: |wh| at |utc_ms| by the meter called |serial|. */
void meter_signature_make(struct meter_signature *signature, const char *serial, int64_t wh, int64_t utc_ms);

#endif
