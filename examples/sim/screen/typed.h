/* typed.h: what somebody types, whatever their terminal sends for it. */
#ifndef OCPP_SIM_TYPED_H
#define OCPP_SIM_TYPED_H

#include <stdint.h>

enum typed_kind {
    TYPED_NOTHING,
    TYPED_TEXT,    /* |code| */
    TYPED_CONTROL, /* with the letter |code|, 'A' to 'Z' */
    TYPED_ENTER,
    TYPED_TAB,
    TYPED_BACKSPACE,
    TYPED_DELETE,
    TYPED_LEFT,
    TYPED_RIGHT,
    TYPED_WORD_LEFT,
    TYPED_WORD_RIGHT,
    TYPED_UP,
    TYPED_DOWN,
    TYPED_HOME,
    TYPED_END,
    TYPED_PAGE_UP,
    TYPED_PAGE_DOWN,
    TYPED_ESCAPE,
    TYPED_HELP, /* F1 */
    TYPED_OVER  /* nobody types any more: the terminal is gone */
};

struct typed {
    enum typed_kind kind;
    uint32_t code;
};

#endif
