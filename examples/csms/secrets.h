/* secrets.h: passwords of stations and the token of operators: how they are kept, and compared without telling by time. Nothing
 * here is ever logged. */
#ifndef CSMS_SECRETS_H
#define CSMS_SECRETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { QUICK_SIZE = 32, SECRET_LENGTH_MAX = 128 };

/* quick_secret: the password that was right last time, under a key of this process: a station that reconnects costs microseconds.
 */
struct quick_secret {
    bool known;
    unsigned char digest[QUICK_SIZE];
};

/* secrets_start: makes the key of this process. False: no entropy. */
bool secrets_start(void);

/* quick_secret_set, quick_secret_matches: fast; |quick| is worthless outside this process. */
bool quick_secret_set(struct quick_secret *quick, const char *password, size_t size);
bool quick_secret_matches(const struct quick_secret *quick, const char *password, size_t size);

/* keyed_hash: under the key of this process: nobody outside can foretell where something falls. */
uint64_t keyed_hash(const void *bytes, size_t size);

/* secret_budget_take: whether this process may spend one more slow comparison (ocpp_secret_matches()) now: at most 100 per
 * second, so that wrong passwords cannot starve the stations that are served. */
bool secret_budget_take(void);

/* secrets_read_token: the operators' token from |path|: its first line. False: |why| (256 bytes) says what is wrong. */
bool secrets_read_token(const char *path, struct quick_secret *token, char *why);

#endif
