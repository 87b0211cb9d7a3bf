/* places_near.h: distances on the ground, in integers. Coordinates are millionths of a degree. */
#ifndef SETTLEMENT_PLACES_NEAR_H
#define SETTLEMENT_PLACES_NEAR_H

#include <stdint.h>

/* places_distance_m: in metres, within a hundredth of what the sphere says up to 200 km, and monotonous beyond. */
int64_t places_distance_m(int64_t latitude, int64_t longitude, int64_t other_latitude, int64_t other_longitude);

#endif
