/* fuzz_decode_v201.c: payloads of OCPP 2.0.1. */
#include "walk_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_decode(OCPP_VERSION_2_0_1, data, size);
}
