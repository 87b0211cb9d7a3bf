/* pile_body.h: a pile's part of a page (page.h), drawn from a struct pile_view. Pure. */
#ifndef OCPP_SIM_PILE_BODY_H
#define OCPP_SIM_PILE_BODY_H

#include "page.h"
#include "pile_view.h"

extern const struct page_body pile_body;

#endif
