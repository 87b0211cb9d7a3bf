/* fuzz_decode_v16.c: payloads of OCPP 1.6. */
#include "walk_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_decode(OCPP_VERSION_1_6, data, size);
}
