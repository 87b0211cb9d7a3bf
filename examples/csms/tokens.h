/* tokens.h: what operators wrote down about tokens, and what a station is told about one. Records stand in the store; nothing is
 * kept in memory. */
#ifndef CSMS_TOKENS_H
#define CSMS_TOKENS_H

#include "app.h"
#include "body.h"

#define TOKEN_PREFIX "csms/token/"

/* token_key: where a token's record stands: letters are the same in either case. False: the type or the id is none. */
bool token_key(enum ocpp_token_type type, const char *id, char key[OCPP_KEY_SIZE]);

/* token_record: the record to store for |body|, as JSON text to free() with cJSON_free(); NULL: |issue| says why. */
char *token_record(const cJSON *body, enum ocpp_token_type type, const char *id, struct body_issue *issue);

/* tokens_decide: the answer to a station that asks. */
void tokens_decide(struct shard *shard, const char *identity, const struct ocpp_authorize_request *request,
                   struct ocpp_authorize_decision *decision);

#endif
