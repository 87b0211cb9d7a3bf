/* core.c: the smallest program that uses the installed library: it prints what a version calls itself on the wire. */
#include <ocpp/types.h>

#include <stdio.h>

int main(void)
{
    puts(ocpp_version_subprotocol(OCPP_VERSION_2_0_1));
    return 0;
}
