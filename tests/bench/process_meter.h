/* process_meter.h: what other processes used, as /proc tells. */
#ifndef OCPP_BENCH_PROCESS_METER_H
#define OCPP_BENCH_PROCESS_METER_H

/* Seconds of CPU and resident kB of a process; 0 when it is gone. */
double process_cpu_s(int pid);
long process_resident_kb(int pid);

#endif
