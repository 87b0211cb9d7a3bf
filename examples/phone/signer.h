/* signer.h: keys of terminals, and what they sign; gone when the program ends. */
#ifndef OCPP_PHONE_SIGNER_H
#define OCPP_PHONE_SIGNER_H

#include "story.h"

/* signer_key: makes the key |name| where there is none, and tells its public part as "point", in hexadecimal digits. */
bool signer_key(struct story *story, const char *name);

/* signer_sign: tells |payload|, signed by the key |name| as a token of |typ|, as "signed". */
bool signer_sign(struct story *story, const char *name, const char *typ, const char *payload);

void signer_end(void);

#endif
