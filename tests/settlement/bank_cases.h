/* bank_cases.h: what the programs about power banks that go wrong ask for and look at alike: marks, bays, clocks, offline. */
#ifndef BANK_CASES_H
#define BANK_CASES_H

#include "settle_bay.h"

enum { DAY_S = 86400 };

/* bank_cases_keys: every pile may be told its key. bank_cases_setup: the usual bays with it, as the state of a test. */
void bank_cases_keys(struct settle_world *world);
int bank_cases_setup(void **state);
int bank_cases_teardown(void **state);

void assert_received(const struct ocpp_settle_receipt *receipt, enum ocpp_settle_reception reception);
void assert_paid(struct settle_bays *bays, const char *payer, int64_t minor);

/* resolve: an operator decides about an entry. resolved: and is not refused. */
void resolve(struct settle_bays *b, const char *suspense, enum ocpp_settle_resolution how, const char *rental, const char *bank);
void resolved(struct settle_bays *b, const char *suspense, enum ocpp_settle_resolution how, const char *rental, const char *bank);

/* put_in_and_held: the bank is put in, and the answer is as always: Accepted, held, and somebody has to look at the entry. */
struct ocpp_settle_suspense put_in_and_held(struct settle_bays *b, struct settle_bank *bank, const char *station, int64_t slot,
                                            const char *kind);

/* rows: how many there are behind |prefix|. */
int rows(const struct settle_bays *b, const char *prefix);

#endif
