/* fleet_limits.h: what a process may have of this machine. */
#ifndef OCPP_SIM_FLEET_LIMITS_H
#define OCPP_SIM_FLEET_LIMITS_H

#include <stdbool.h>

/* fleet_limits_raise: lets the process open the files that so many piles need. False after one line that says what to do. */
bool fleet_limits_raise(int stations, bool with_state);

/* fleet_memory_kib: what is resident; 0: nobody knows. */
long fleet_memory_kib(void);

/* fleet_cpu_ms: the time of processors that was used so far. */
long fleet_cpu_ms(void);

#endif
