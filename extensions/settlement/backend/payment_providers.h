/* payment_providers.h: the providers of the backend itself. */
#ifndef SETTLEMENT_PAYMENT_PROVIDERS_H
#define SETTLEMENT_PAYMENT_PROVIDERS_H

#include "payment_steps.h"

#define PROVIDER_WALLET   "wallet"
#define PROVIDER_POSTPAID "postpaid"
#define PROVIDER_BY_HAND  "by-hand"   /* of statements: a person noted that the money came */
#define PROVIDER_STATEMENT "statement" /* of a tenant's session: nobody is asked, a statement is */

/* payment_wallet: money of the payer that is kept here. No overdraft: what is not there cannot be held. */
payment_local payment_wallet;

/* payment_postpaid: what the payer owes, up to a limit, until a statement asks for it. */
payment_local payment_postpaid;

/* payment_by_hand: whatever is asked for has happened already. */
payment_local payment_by_hand;

#endif
