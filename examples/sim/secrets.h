/* secrets.h: what must not be read in a transcript. */
#ifndef OCPP_SIM_SECRETS_H
#define OCPP_SIM_SECRETS_H

#include <cjson/cJSON.h>
#include <stdbool.h>

/* secrets_mask: puts **** in the place of every value of a secret key or variable (AuthorizationKey of the security extension
 * of 1.6, BasicAuthPassword of 2.x) anywhere in |frame|. True when there was one. */
bool secrets_mask(cJSON *frame);

/* secrets_are_in: whether the setting of that name (a key, or Component.Variable) is one. */
bool secrets_are_in(const char *name);

#endif
