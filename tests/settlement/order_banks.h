/* order_banks.h: banks on orders, without piles and marks: rows as the rentals' part leaves them, so that the order's part can be
 * tried alone. Within it: the backend's own headers. */
#ifndef ORDER_BANKS_H
#define ORDER_BANKS_H

#include "settle_world.h"

/* bank_out: a bank of |deposit_minor| leaves now on |order|; its rental's id, which lives as long as the world. */
const char *bank_out(struct settle_world *world, const char *order, int64_t deposit_minor);

/* bank_back: it comes back now. bank_bought: it is the renter's now. */
void bank_back(struct settle_world *world, const char *rental);
void bank_bought(struct settle_world *world, const char *rental);

/* order_for_banks: a plain renter's order. */
const char *order_for_banks(struct settle_world *world, const char *token);

/* order_for_vehicle_user: the order a bank of |token| (of type ISO14443) would be on; NULL: none of a vehicle. */
const char *order_for_vehicle_user(struct settle_world *world, const char *token);

/* order_of_rental: the one its record names. */
const char *order_of_rental(struct settle_world *world, const char *rental);

#endif
