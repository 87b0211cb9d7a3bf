/* orders_visit.h: a settlement backend over SQLite and what comes to it: vehicles at piles of which each has a bay with a power
 * bank. A visit is one order: started, held, read, a bank rented and returned meanwhile, sealed, captured.
 */
#ifndef ORDERS_VISIT_H
#define ORDERS_VISIT_H

#include "orders_tape.h"

enum { VISIT_CARS = 256, VISIT_READINGS = 3 };

/* require: ends the program, which says |what|, where it is not |good|. */
void require(bool good, const char *what);

struct visits;

/* visits_open: |cars| vehicles (1 to VISIT_CARS) over the file at |path|; the piles have said Hello and told of their banks.
 * |allocator| (NULL: malloc) is the backend's. */
struct visits *visits_open(const char *path, int cars, const struct ocpp_allocator *allocator);
struct tape *visits_tape(struct visits *visits);
void visits_close(struct visits *visits);

/* visits_round: each vehicle comes, charges with a bank of its pile rented and returned meanwhile, leaves and has paid. A step of
 * all is one group. */
void visits_round(struct visits *visits);

#endif
