/* fuzz_decode_v21.c: payloads of OCPP 2.1. */
#include "walk_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_decode(OCPP_VERSION_2_1, data, size);
}
