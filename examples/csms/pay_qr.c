/* pay_qr.c: QR codes over libqrencode, drawn as SVG: a path of squares, four of them free all around. */
#include "pay_page.h"

#include <qrencode.h>

#include <stdio.h>
#include <stdlib.h>

enum { QUIET = 4, SQUARE_TEXT = 24, FRAME_TEXT = 400 };

char *pay_qr_svg(const char *text)
{
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    const size_t width = code ? (size_t)code->width : 0;
    const size_t room = width * width * SQUARE_TEXT + FRAME_TEXT;
    char *svg = code ? malloc(room) : NULL;
    size_t size = 0;

    if (svg) {
        size = (size_t)snprintf(
            svg, room,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %zu %zu\"><path fill=\"#fff\" d=\"M0 0h%zuv%zuH0z\"/>"
            "<path d=\"",
            width + 2 * QUIET, width + 2 * QUIET, width + 2 * QUIET, width + 2 * QUIET);
        for (size_t i = 0; i < width * width; i++) {
            if (code->data[i] & 1) {
                size += (size_t)snprintf(svg + size, room - size, "M%zu %zuh1v1h-1z", i % width + QUIET, i / width + QUIET);
            }
        }
        snprintf(svg + size, room - size, "\"/></svg>");
    }
    QRcode_free(code);
    return svg;
}
