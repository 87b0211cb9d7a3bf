/* pay_page.c: the page behind the QR code of a guided visit: what is to be paid, and a button. Who has the link may see and pay
 * this one visit, until the link expires; nothing else. No script, no style from elsewhere, every text escaped. */
#include "pay_page.h"
#include "settlement_json.h"
#include "settlement_reply.h"

#include <ocpp/settlement/money.h>
#include <ocpp/settlement/visits.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_SIZE = 16384, LINK_MAX = OCPP_SETTLE_LINK_SIZE };

static const char headers[] = "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
                              "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
                              "base-uri 'none'; frame-ancestors 'none'\r\n";

static const char head[] = "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\">"
                           "<meta name=\"viewport\" content=\"width=device-width\"><title>Your visit</title>"
                           "<style>:root{color-scheme:light dark}"
                           "body{font:1.2rem sans-serif;max-width:30rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}"
                           "button,a.pay{font:inherit;padding:.6rem 1.2rem}</style><main>";

struct page {
    char text[PAGE_SIZE];
    size_t size;
};

static void add(struct page *page, const char *text)
{
    const size_t size = strlen(text);

    if (page->size + size < sizeof page->text) {
        memcpy(page->text + page->size, text, size + 1);
        page->size += size;
    }
}

/* What is not ours never becomes markup. */
static void add_escaped(struct page *page, const char *text)
{
    for (; text && *text; text++) {
        const char plain[2] = { *text, '\0' };

        add(page, *text == '<'    ? "&lt;"
                  : *text == '>'  ? "&gt;"
                  : *text == '&'  ? "&amp;"
                  : *text == '"'  ? "&quot;"
                  : *text == '\'' ? "&#39;"
                                  : plain);
    }
}

static void send_page(struct request *request, int status, const struct page *page)
{
    ocpp_http_answer(request->exchange, status, "text/html; charset=utf-8", headers, page->text, page->size);
}

static void send_words(struct request *request, int status, const char *words)
{
    struct page page = { .size = 0 };

    add(&page, head);
    add(&page, "<h1>Your visit</h1><p>");
    add_escaped(&page, words);
    send_page(request, status, &page);
}

/* --- what the link opens
 * ------------------------------------------------------------------------------------------------------------ */

struct opened {
    bool is_done;
    enum ocpp_status status;
    char code[41];
    char reason[200];
    char id[OCPP_SETTLE_ID_SIZE];
};

static void note_done(enum ocpp_status status, const char *code, const char *reason, const char *id, void *user)
{
    struct opened *opened = user;

    opened->is_done = true;
    opened->status = status;
    snprintf(opened->code, sizeof opened->code, "%s", code ? code : "");
    snprintf(opened->reason, sizeof opened->reason, "%s", reason ? reason : "");
    snprintf(opened->id, sizeof opened->id, "%s", id);
}

/* With the handle: the visit of the link; durable when it returns. */
static bool open_link(struct request *request, struct ocpp_settle *handle, const char *link, struct opened *opened)
{
    const struct ocpp_settle_done done = { note_done, opened };
    enum ocpp_status status = OCPP_ERR_ARGUMENT;

    *opened = (struct opened){ .status = OCPP_OK };
    if (strlen(link) < LINK_MAX) {
        status = ocpp_settle_scanned(handle, link, &done, settlement_now(request->app));
        settlement_flush(request->app->settlement);
    }
    return status == OCPP_OK && opened->is_done && opened->status == OCPP_OK && !opened->code[0];
}

/* --- the page
 * ------------------------------------------------------------------------------------------------------------------------ */

struct drawing {
    struct page *page;
    const char *link;
    char order[OCPP_SETTLE_ID_SIZE];
    bool has_failed;  /* the last try to pay */
    char reason[120]; /* why; "": nobody told */
};

static void note_order(const struct ocpp_settle_visit *visit, void *user)
{
    struct drawing *drawing = user;

    snprintf(drawing->order, sizeof drawing->order, "%s", visit->order);
}

static void note_leg(const struct ocpp_settle_leg *leg, void *user)
{
    struct drawing *drawing = user;

    drawing->has_failed = strcmp(leg->state, "Failed") == 0;
    snprintf(drawing->reason, sizeof drawing->reason, "%s", leg->reason ? leg->reason : "");
}

static void draw_failure(const struct drawing *drawing)
{
    add(drawing->page, "<p>The last try did not succeed");
    add(drawing->page, drawing->reason[0] ? ": " : "");
    add_escaped(drawing->page, drawing->reason);
    add(drawing->page, ". Nothing was taken.");
}

static void draw_amount(struct page *page, const struct ocpp_settle_visit *visit)
{
    char amount[OCPP_SETTLE_AMOUNT_TEXT_SIZE];

    if (ocpp_settle_amount_format(visit->missing_minor, visit->exponent, amount) == OCPP_OK) {
        add(page, "<p><strong>");
        add_escaped(page, amount);
        add(page, " ");
        add_escaped(page, visit->currency);
        add(page, "</strong>");
        add(page, visit->deposits_minor > 0 ? ", deposits of power banks included" : "");
    }
}

/* A provider's page is another site: a link people follow, http and https only. */
static bool is_web(const char *url)
{
    return url && (strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0);
}

static void draw_button(const struct drawing *drawing, const struct ocpp_settle_visit *visit)
{
    if (visit->is_being_paid && is_web(visit->action_url)) {
        add(drawing->page, "<p><a class=\"pay\" rel=\"noreferrer\" href=\"");
        add_escaped(drawing->page, visit->action_url);
        add(drawing->page, "\">Go on to your bank</a>");
        return;
    }
    if (visit->is_being_paid) {
        add(drawing->page, "<p>It is being paid. Look again in a moment.");
        return;
    }
    add(drawing->page, "<form method=\"post\" action=\"/pay/");
    add_escaped(drawing->page, drawing->link);
    add(drawing->page, "/now\"><button>Pay now</button></form>");
}

static void draw(const struct ocpp_settle_visit *visit, void *user)
{
    const struct drawing *drawing = user;
    struct page *page = drawing->page;
    const bool is_charging = strcmp(visit->state, "Matched") == 0;
    const bool is_open = strcmp(visit->state, "Paying") == 0 || strcmp(visit->state, "Owed") == 0 || is_charging;

    add(page, head);
    add(page, "<h1>Pile ");
    add_escaped(page, visit->station);
    add(page, "</h1>");
    if (!is_open) {
        add(page, strcmp(visit->state, "Done") == 0 ? "<p>Paid. Thank you; the cable is free." : "<p>Nothing is to be paid.");
        return;
    }
    add(page, is_charging ? "<p>So far; paying ends the charging." : "<p>To be paid; the cable is free afterwards.");
    draw_amount(page, visit);
    if (drawing->has_failed && !visit->is_being_paid) {
        draw_failure(drawing);
    }
    draw_button(drawing, visit);
    if (visit->bill_hash) {
        add(page, "<p><small>Bill ");
        add_escaped(page, visit->bill_hash);
        add(page, "</small>");
    }
}

static enum ocpp_status draw_visit(struct ocpp_settle *handle, const char *id, struct drawing *drawing, struct ocpp_now now)
{
    enum ocpp_status status = ocpp_settle_find_visit(handle, id, note_order, drawing, now);

    if (status == OCPP_OK) {
        status = ocpp_settle_legs(handle, drawing->order, note_leg, drawing);
    }
    return status == OCPP_OK || status == OCPP_ERR_NOT_FOUND ? ocpp_settle_find_visit(handle, id, draw, drawing, now) : status;
}

void pay_page(struct request *request)
{
    struct page page = { .size = 0 };
    struct drawing drawing = { .page = &page, .link = request->parameters[0] };
    struct opened opened;

    if (!settlement_wanted(request)) {
        return;
    }
    struct ocpp_settle *handle = settlement_enter(request->app->settlement);
    const bool is_open = open_link(request, handle, request->parameters[0], &opened);
    const enum ocpp_status status = is_open ? draw_visit(handle, opened.id, &drawing, settlement_now(request->app)) : OCPP_OK;
    settlement_leave(request->app->settlement);
    if (!is_open) {
        send_words(request, opened.code[0] ? 410 : 400,
                   opened.code[0] ? "This code is not good any more: scan it again." : "This is no code of ours.");
    } else if (status != OCPP_OK) {
        send_words(request, 500, "Something went wrong here. Look again in a moment.");
    } else {
        send_page(request, 200, &page);
    }
}

void pay_page_now(struct request *request)
{
    char where[LINK_MAX + 80];
    struct opened opened, paid = { .status = OCPP_OK };
    const struct ocpp_settle_done done = { note_done, &paid };

    if (!settlement_wanted(request)) {
        return;
    }
    struct ocpp_settle *handle = settlement_enter(request->app->settlement);
    const bool is_open = open_link(request, handle, request->parameters[0], &opened);
    enum ocpp_status status = OCPP_OK;
    if (is_open) {
        status = ocpp_settle_visit_pay(handle, opened.id, 0, &done, settlement_now(request->app));
        settlement_flush(request->app->settlement);
    }
    settlement_leave(request->app->settlement);
    if (!is_open || status != OCPP_OK) {
        send_words(request, is_open ? 500 : 410,
                   is_open ? "Something went wrong here. Look again in a moment."
                           : "This code is not good any more: scan it again.");
        return;
    }
    snprintf(where, sizeof where, "Cache-Control: no-store\r\nLocation: /pay/%s\r\n", request->parameters[0]);
    ocpp_http_answer(request->exchange, 303, "text/plain", where, "", 0);
}

void api_visit_qr(struct request *request)
{
    char url[512];

    if (!settlement_wanted(request)) {
        return;
    }
    struct ocpp_settle *handle = settlement_enter(request->app->settlement);
    const enum ocpp_status status =
        ocpp_settle_link(handle, request->parameters[0], url, sizeof url, settlement_now(request->app));
    settlement_leave(request->app->settlement);
    if (status == OCPP_ERR_NOT_FOUND) {
        answer_problem(request->exchange, 404, NULL, "no such visit, or nothing of it is to be paid");
    } else if (status != OCPP_OK) {
        answer_status(request->exchange, status);
    } else {
        char *svg = pay_qr_svg(url);

        if (svg) {
            ocpp_http_answer(request->exchange, 200, "image/svg+xml", headers, svg, strlen(svg));
        } else {
            answer_problem(request->exchange, 501, NULL, "this program draws no QR codes: it was built without libqrencode");
        }
        free(svg);
    }
}
