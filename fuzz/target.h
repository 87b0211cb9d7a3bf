/* target.h: the one function every fuzz target defines. libFuzzer calls it with its own inputs, replay.c with the files of a corpus.
 */
#ifndef OCPP_FUZZ_TARGET_H
#define OCPP_FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>

/* LLVMFuzzerTestOneInput: runs the target on |size| bytes of |data|; returns 0. What must not happen aborts. The name is libFuzzer's. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
