/* payment_providers.h: the providers of the backend itself. */
#ifndef SETTLEMENT_PAYMENT_PROVIDERS_H
#define SETTLEMENT_PAYMENT_PROVIDERS_H

#include "payment_steps.h"

#define PROVIDER_WALLET   "wallet"
#define PROVIDER_POSTPAID "postpaid"

/* payment_wallet: money of the payer that is kept here. No overdraft: what is not there cannot be held. */
payment_local payment_wallet;

/* payment_postpaid: what the payer owes, up to a limit, until a statement asks for it. */
payment_local payment_postpaid;

#endif
