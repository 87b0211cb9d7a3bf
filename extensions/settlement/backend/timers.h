/* timers.h: what happens when time passes. A kind is a row of the table in timers.c: its name and the body that runs, with the
 * subject as |args| (const char *). The timer is gone when its body runs; a body that refuses or fails for good leaves it gone
 * and noted, one that failed for want of memory or of the store runs again. */
#ifndef SETTLEMENT_TIMERS_H
#define SETTLEMENT_TIMERS_H

#include "command.h"

/* Kinds. */
#define TIMER_ORDER_GRACE     "grace"   /* ORDER: the vehicle left, banks are out */
#define TIMER_ORDER_SILENT    "silent"  /* ORDER: no word of its vehicle session */
#define TIMER_HOLD_RENEW      "renew"   /* LEG: its hold expires soon */
#define TIMER_PAYMENT_QUERY   "query"   /* OPERATION: its outcome has not come */
#define TIMER_PAYMENT_RETRY   "again"   /* OPERATION: it could not leave */
#define TIMER_RENTAL_CAP      "cap"     /* RENTAL: reaches its buy-out */
#define TIMER_RENTAL_GRANT    "grant"   /* RENTAL: granted and no word of it */
#define TIMER_RENTAL_PIN      "pin"     /* RENTAL: the clock runs again */
#define TIMER_REQUEST_EXPIRES "request" /* REQUEST */
#define TIMER_SERVICE         "service" /* BANK: let out for service, and not put in again */
#define TIMER_INVENTORY       "bay"     /* STATION: its inventory is compared with the registry */
#define TIMER_KNOWN           "known"   /* STATION: hears of known renters */
#define TIMER_VISIT           "visit"   /* VISIT: somebody has to do something by then, or its link is renewed */
#define TIMER_PERIOD          "period"  /* HOUSE: a period is being closed */
#define TIMER_TENANT_LEAVES   "leaving" /* TENANT: moved out, and the closing statement is to be made */
#define TIMER_GATHERING       "gather"  /* STATEMENT: it is being put together */
#define TIMER_STATEMENT_TOLD  "told"    /* STATEMENT: its sessions hear that it was paid, or given up */
#define TIMER_STATEMENT_DUE   "overdue" /* STATEMENT: it was to be paid by now */
#define TIMER_HOUSE_CARDS     "cards"   /* HOUSE: its piles hear of privilege cards */
#define TIMER_PHONE_EXPIRES   "phone"   /* PHONE: nobody let it in */
#define TIMER_RELAY           "relay"   /* AUTHORISATION: without a bill for too long */
#define TIMER_FORGET          "forget"  /* STATION: old answers */
#define TIMER_PROMPT          "prompt"  /* PROMPT STATION: is forgotten */
#define TIMER_START           "start"   /* START: has not begun */
#define TIMER_START_STOP      "stop"    /* START: is to stop and has not */
#define TIMER_START_FEE       "fee"     /* START: nobody confirmed its fee */
#define TIMER_CLOSED          "closed"  /* KIND of closed.h: what is over is forgotten */

/* timers_run: lets due timers run, at most |limit| of them. */
void timers_run(struct ocpp_settle *settle, int limit);

#endif
