/* pay_qr_none.c: a program that was built without libqrencode draws no QR codes. */
#include "pay_page.h"

#include <stddef.h>

char *pay_qr_svg(const char *text)
{
    (void)text;
    return NULL;
}
